"""Read YAML that is not a spec, such as a compose file: with anchors, and with every scalar as text."""

from typing import Any

import yaml

from owscale.errors import OwscaleError

_MAX_DEPTH = 64
_MERGE = [("tag:yaml.org,2002:merge", yaml.SafeLoader.yaml_implicit_resolvers["<"][0][1])]


class _TextLoader(yaml.SafeLoader):
    """Resolves only merge keys (`<<`): `8080`, `on` and `1:30` remain texts, as in the file."""

    yaml_implicit_resolvers = {"<": _MERGE}  # noqa: RUF012 -- the name and the type of PyYAML

    def compose_node(self, parent: Any, index: Any) -> Any:
        depth = self.__dict__.setdefault("depth", 0)
        if depth > _MAX_DEPTH:
            raise yaml.YAMLError(f"nested deeper than {_MAX_DEPTH} levels")
        self.__dict__["depth"] = depth + 1
        node = super().compose_node(parent, index)
        self.__dict__["depth"] = depth
        return node


def parse_other_yaml(text: str, file: str, hint: str) -> Any:
    """Return the data of a text. Raises OwscaleError if it is not YAML, with the place."""
    try:
        return yaml.load(text, _TextLoader)  # noqa: S506 -- a SafeLoader with fewer types
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{file}:{mark.line + 1}:{mark.column + 1}" if mark else file
        problem = getattr(error, "problem", None) or "its structure is too deep or has keys of unusual types"
        raise OwscaleError(f"{place}: not YAML: {problem}", hint=hint) from None

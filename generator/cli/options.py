"""Turn the words of the command line into typed options."""

from owscale.cli.parser import build_parser

TYPE_CHECKING = False  # typing takes its time to import
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from owscale.cli.output import Output
    from owscale.cli.parser import Command


class Arguments:
    """The parsed command line: the command, and the values of its options by name."""

    def __init__(self, command: "Command", values: "dict[str, Any]") -> None:
        self.command = command
        self.values = values


def parse(words: "list[str]") -> Arguments:
    """Parse the command line. Exits for `--help` and `--version`, and with code 2 for a usage error."""
    namespace = build_parser(words).parse_args(words)
    return Arguments(namespace.definition, vars(namespace))


def options_for(options_type: "Any", values: "Mapping[str, Any]", output: "Output") -> "Any":
    """Return the options of a command: an object of a class whose annotated fields are names of options.

    The field `paths` holds `--spec` and `--out` together. A note names the project if it is above the current
    directory.
    """
    fields = options_type.__annotations__
    chosen = {name: values[name] for name in fields if name != "paths"}
    if "paths" in fields:
        from owscale.cli.messages import find_project  # not for `explain CODE`

        chosen["paths"] = find_project(values["spec"], values["out"], output)
    return options_type(**chosen)

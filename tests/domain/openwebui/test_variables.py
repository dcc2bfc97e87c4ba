"""The handling of variables covers all that the published packages read, and agrees with the rules."""

from collections.abc import Mapping
from typing import Any

import pytest

from owscale.console.versions import version_numbers
from owscale.domain.openwebui import releases
from owscale.domain.openwebui.read_variables import TOPICS, read_variables, releases_read
from owscale.domain.openwebui.variables import HANDLING_BY_VARIABLE, TABLE, details
from owscale.rules.registry import all_rules
from owscale.spec.models import Spec

READ = read_variables()


def test_every_variable_of_the_topics_is_handled() -> None:
    unhandled = sorted(name for name in READ if TOPICS.search(name) and name not in HANDLING_BY_VARIABLE)
    assert not unhandled, "decide how to handle them in generator/domain/openwebui/variables.py"


@pytest.mark.parametrize("name", ["PGVECTOR_POOL_SIZE", "MODELS_CACHE_TTL", "FORWARDED_ALLOW_IPS", "UVICORN_WORKERS"])
def test_topics_find_variables(name: str) -> None:
    assert TOPICS.search(name)


def test_no_variable_is_listed_twice() -> None:
    names = [name for handling in TABLE for name in handling.names.split()]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("name", HANDLING_BY_VARIABLE)
def test_source_is_the_package_or_an_address(name: str) -> None:
    """A variable that no package reads has an address as its source; a misspelt name is one without."""
    handling = HANDLING_BY_VARIABLE[name]
    assert (name in READ) or handling.source.startswith("https://"), f"{name}: no package reads it"


def test_keys_are_keys_of_the_spec() -> None:
    for path in {*details("key").values(), *details("secret").values()}:
        fields: Mapping[str, Any] = Spec.model_fields
        for key in path.split("."):
            assert key in fields, path
            fields = getattr(fields[key].annotation, "model_fields", {})


def test_rules_exist() -> None:
    assert set(details("rule").values()) <= set(all_rules())


def test_releases_of_variables_agree_with_the_packages() -> None:
    oldest = releases_read()[0]
    for name, since in releases.VARIABLE_SINCE.items():
        expected = oldest if version_numbers(since) < version_numbers(oldest) else since
        assert READ[name].releases[0] == expected, name


def test_oldest_release_was_read() -> None:
    assert releases_read()[0] == releases.OLDEST

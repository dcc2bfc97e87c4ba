"""Merging the diagnostics of environments."""

from owscale.diagnostics.merge import merge_across_environments
from owscale.diagnostics.model import Diagnostic

COMMON = Diagnostic("spec.yaml", 7, 3, "S108", "redis.nodes", "must be at most 6, not 7")
OVERRIDE = COMMON._replace(path="environments.staging.redis.nodes")


def test_diagnostic_of_every_environment_is_reported_once() -> None:
    assert list(merge_across_environments({"production": [COMMON], "staging": [COMMON]})) == [COMMON]


def test_diagnostic_of_some_environments_names_them() -> None:
    by_environment = {"production": [], "staging": [COMMON], "test": [COMMON]}
    [diagnostic] = merge_across_environments(by_environment)
    assert diagnostic == COMMON._replace(message="must be at most 6, not 7 (in staging, test)")


def test_diagnostic_of_an_override_does_not_name_its_environment() -> None:
    assert list(merge_across_environments({"production": [], "staging": [OVERRIDE]})) == [OVERRIDE]

"""Merge the diagnostics of the environments of one spec."""

from collections.abc import Collection, Iterator, Mapping

from owscale.diagnostics.model import Diagnostic


def merge_across_environments(by_environment: Mapping[str, Collection[Diagnostic]]) -> Iterator[Diagnostic]:
    """Yield the diagnostics of all environments of one spec without duplicates, in no particular order.

    A diagnostic of the common part of the spec that only some environments have gets their names in its message.
    """
    sets = {environment: frozenset(diagnostics) for environment, diagnostics in by_environment.items()}
    for diagnostic in frozenset[Diagnostic]().union(*sets.values()):
        affected = [environment for environment, diagnostics in sets.items() if diagnostic in diagnostics]
        if len(affected) == len(by_environment) or diagnostic.path.startswith("environments."):
            yield diagnostic
        else:
            yield diagnostic._replace(message=f"{diagnostic.message} (in {', '.join(affected)})")

"""A checked deployment; only a checked deployment can be rendered."""

from collections.abc import Mapping
from typing import NamedTuple

from owscale.diagnostics.model import Diagnostic
from owscale.spec.deployment import Deployment


class CheckedDeployment(NamedTuple):
    """A deployment and its diagnostics of the rules; `rules.runner` creates it.

    `neighbours` has the folders of the other deployments that use its resources, by the kind of resource
    (`domain.shared_resources.RESOURCES`).
    """

    deployment: Deployment
    diagnostics: tuple[Diagnostic, ...]
    neighbours: Mapping[str, tuple[str, ...]] = {}

"""A checked deployment, which is what can be rendered."""

from typing import NamedTuple

from owscale.diagnostics.model import Diagnostic
from owscale.spec.deployment import Deployment


class CheckedDeployment(NamedTuple):
    """A deployment and the diagnostics of the rules for it; `rules.runner` makes it."""

    deployment: Deployment
    diagnostics: tuple[Diagnostic, ...]

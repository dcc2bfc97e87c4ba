"""What a change of specs and templates comes to, for a reviewer: keys, files, addresses, figures and cost."""

from generator.changes.compare import DeploymentChange, compared
from generator.changes.side import Side

__all__ = ["DeploymentChange", "Side", "compared"]

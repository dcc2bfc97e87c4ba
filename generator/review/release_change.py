"""A change of the release, which a reviewer should read before everything else."""

from dataclasses import dataclass

from owscale.domain.openwebui.upgrade_texts import facts, releases_text, way_texts
from owscale.domain.openwebui.upgrades import Upgrade, upgrade
from owscale.spec.models import Spec


@dataclass(frozen=True)
class ReviewedRelease:
    """A change of the release of Open WebUI; `next_step` is a sentence."""

    upgrade: Upgrade
    next_step: str

    @property
    def title(self) -> str:
        """The releases, such as `Open WebUI 0.11.3 → 0.12.4`."""
        return f"Open WebUI {releases_text(self.upgrade)}"

    @property
    def facts(self) -> tuple[str, ...]:
        """What happens to the database, and the cautions of upstream."""
        return tuple(facts(self.upgrade))

    @property
    def lines(self) -> tuple[str, ...]:
        """All of it, line by line."""
        return (*self.facts, *way_texts(self.upgrade), f"next: {self.next_step}")


def release_change(before: Spec, after: Spec) -> ReviewedRelease | None:
    """Return the change of the release, or of the one that `app.migration_image` prepares; None for no change."""
    if change := upgrade(before.app.image, after.app.image):
        return ReviewedRelease(change, _next_step(change, before, after))
    following = after.app.migration_image
    if following and following != before.app.migration_image and (change := upgrade(after.app.image, following)):
        return ReviewedRelease(change, "apply it, which restarts no task, then run `owscale upgrade`")
    return None


def _next_step(change: Upgrade, before: Spec, after: Spec) -> str:
    if "roll" in change.ways:
        return "apply it as any other change"
    if change.is_back:
        return "run `owscale upgrade --back`; until then, the plan check refuses this change"
    if before.app.migration_image == after.app.image:
        return "apply it when `owscale upgrade` asks for it; until then, the plan check refuses it"
    if not change.needs_migration:
        return "run `owscale upgrade`, which stops the tasks first; until then, the plan check refuses this change"
    return (
        "keep `app.image`, write the new image as `app.migration_image`, and run `owscale upgrade`; until then, "
        "the plan check refuses this change"
    )

"""Refuse to plan custom Terraform that runs code which the base revision does not have, unless the user accepts it."""

import tempfile
from pathlib import Path

from owscale.cli.commands.tf._session import TerraformSession
from owscale.cli.output import Output
from owscale.console.text import plural
from owscale.errors import OwscaleError
from owscale.fs.confined import ConfinedWriter
from owscale.terraform.config.plan_code import PlanCode
from owscale.workflow.git import MAX_BYTES, MAX_FILES, Repository
from owscale.workflow.own_terraform import files_of, own_files, unknown_code
from owscale.workflow.pipeline import find_plan_code

FLAG = "--accept-code"


def require_known_code(session: TerraformSession, base: str | None, *, accepted: bool) -> None:
    """Print the code of custom Terraform that runs in a plan.

    Raises OwscaleError if the base revision does not have it and the user has not `accepted` it: in a pull request,
    the plan itself could be the attack. Without a base, nothing is known.
    """
    found = find_plan_code(session.paths, session.expected, session.drift)
    _show(session.output, session.root, found)
    if accepted or not found:
        return
    files = own_files(str(session.root), session.expected, session.drift.unmanaged)
    unknown = unknown_code(found, files, _files_at(session.root, base) if base else {})
    if unknown:
        code, reason = next(iter(unknown.items()))
        since = f"since {base}" if base else "without `--base`"
        number = plural(len(unknown), "construct")
        raise OwscaleError(
            f"{session.root}/{code}, and {reason} {since}; {number} to accept, and nothing was run",
            hint=f"review it; then pass a reviewed revision that contains it with `--base`, or add `{FLAG}`",
        )


def _show(output: Output, root: Path, found: list[PlanCode]) -> None:
    for code in found:
        output.status(f"note: {root}/{code}")


def _files_at(root: Path, base: str) -> dict[str, bytes]:
    """Return the files that a revision has in the root module."""
    repository = Repository(root)
    with tempfile.TemporaryDirectory() as directory:
        writer = ConfinedWriter(Path(directory, "base"), base, max_files=MAX_FILES, max_bytes=MAX_BYTES)
        path = repository.path_of(root)
        repository.extract(repository.commit(base), path, writer)
        return files_of(Path(directory, "base", path))

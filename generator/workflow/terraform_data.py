"""Start Terraform, only if git contains none of the files that Terraform itself writes into a root module."""

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from owscale.domain.terraform_data import is_terraform_data, terraform_data_names
from owscale.errors import OwscaleError
from owscale.fs import observed
from owscale.fs.files import io_errors
from owscale.fs.untrusted import MAX_OUTPUT_BYTES, UnsafeFileError, read_untrusted
from owscale.fs.walk import walk

if TYPE_CHECKING:
    from owscale.terraform.runner import Terraform
    from owscale.workflow.git import Repository


def open_terraform(root: Path, program: str = "terraform") -> "Terraform":
    """Return Terraform for a root module. This is the only place that starts it.

    Raises OwscaleError if git has files of Terraform itself, and if there is no such program.
    """
    from owscale.terraform.runner import Terraform  # noqa: PLC0415 -- `check` uses this module, and runs no Terraform

    if _has_data(root):
        for path in tracked_data(root):
            raise data_error(path, "; nothing was run")
    return Terraform(root, program)


def tracked_data(folder: Path) -> list[Path]:
    """Return the files and directories of Terraform itself below `folder` that are in the index of git, sorted.

    The list is empty outside a git repository. Raises OwscaleError if git fails.
    """
    real = Path(os.path.realpath(folder))
    repository = _repository(real)
    files = repository.tracked(real, terraform_data_names()) if repository else []
    return sorted({folder / _shorten(file.relative_to(real)) for file in files})


def note_index(folder: Path) -> bool:
    """Record the index of git, so that a cached result is not used for another one; return whether that worked."""
    repository = _repository(folder)
    try:
        if repository is not None:
            read_untrusted(repository.index_path(), MAX_OUTPUT_BYTES)
    except FileNotFoundError:  # nothing was ever added, which is recorded
        return True
    except (OSError, UnsafeFileError):
        return False
    return True


def data_error(path: Path, consequence: str = "") -> OwscaleError:
    """Return the error for a path of Terraform itself that is in git."""
    name = shlex.quote(str(path))
    return OwscaleError(
        f"{path}: is in git, although it determines the programs that Terraform runs{consequence}",
        hint=f"run `git rm -r --cached {name}`, delete it, and list it in .gitignore",
    )


def _repository(folder: Path) -> "Repository | None":
    from owscale.workflow.git import Repository  # noqa: PLC0415 -- most checks find nothing to ask git about

    real = Path(os.path.realpath(folder))
    is_in_git = any(observed.kind(parent / ".git") for parent in (real, *real.parents))
    return Repository(folder) if is_in_git else None


def _has_data(root: Path) -> bool:
    with io_errors(root):
        return any(is_terraform_data(path) for path, _ in walk(root, not_entered=".terraform"))


def _shorten(path: Path) -> Path:
    """Return the path up to its first part that Terraform itself writes."""
    number = next(number for number, part in enumerate(path.parts, 1) if is_terraform_data(part))
    return Path(*path.parts[:number])

"""The plan that waits to be applied, and the record of what it was made from.

Both lie in `.terraform/owscale/` of the root, which git ignores and nobody else may read. From the second plan on,
Terraform keeps the state in it, and with it the Redis token. The record has digests and names, and no value.
"""

import hashlib
import json
import os
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from generator.errors import OwscaleError

FOLDER = ".terraform/owscale"

_TERRAFORMS = (".tf", ".tf.json", ".tfvars", ".tfvars.json", ".hcl", ".owscale.sums")
_FORMAT = 1


@dataclass(frozen=True)
class Record:
    """What a saved plan was made from. `serial` and `lineage` tell which state; both are empty where there was none.

    `ephemeral` names the variables of the environment that the plan was given and does not hold.
    """

    plan: str
    destroys: bool
    tree: str
    spec: str
    owscale: str
    terraform: str
    lineage: str
    serial: int
    proved: bool
    changes: bool
    summary: str
    ephemeral: list[str]
    format: int = _FORMAT


class Saved:
    """The saved plan of a root."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folder = root / FOLDER
        self.plan = self._folder / "next.tfplan"
        self.fresh = self._folder / "next.tfplan.part"
        self._record = self._folder / "next.json"
        self._applied = self._folder / "applied.json"

    def prepare(self) -> None:
        """Makes the folder, for nobody else to read, and forgets the plan before."""
        with told():
            self._folder.mkdir(parents=True, exist_ok=True)
            self._folder.chmod(0o700)
            (self._folder / ".gitignore").write_text("*\n", encoding="utf-8")
        self.forget()

    def keep(self, record: Record) -> None:
        """Puts the fresh plan into its place, with its record."""
        with told():
            self.fresh.chmod(0o600)
            self.fresh.replace(self.plan)
            _write(self._record, asdict(record))

    def forget(self) -> None:
        """Removes the plan and its record."""
        with told():
            for path in (self._record, self.plan):
                path.unlink(missing_ok=True)

    def record(self) -> Record | None:
        """What the saved plan was made from; None where there is no plan, or no record that can be read."""
        found = _read(self._record)
        if not self.plan.is_file() or found is None or found.keys() != {field.name for field in fields(Record)}:
            return None
        return Record(**found) if found["format"] == _FORMAT else None

    def applied(self) -> Mapping[str, Any] | None:
        """The spec of this environment as it was last applied from this folder."""
        return _read(self._applied)

    def keep_applied(self, spec: Mapping[str, Any]) -> None:
        """Remembers what was applied; the spec holds no secret."""
        with told():
            _write(self._applied, spec)

    def forget_applied(self) -> None:
        with told():
            self._applied.unlink(missing_ok=True)


def digest(path: Path) -> str:
    """Of a file's content."""
    with told():
        return hashlib.sha256(path.read_bytes()).hexdigest()


def tree_digest(root: Path) -> str:
    """Of all that Terraform reads in a root, generated or not."""
    parts = hashlib.sha256()
    with told():
        for folder, folders, names in os.walk(root):
            folders[:] = sorted(name for name in folders if name != ".terraform")
            for path in (Path(folder, name) for name in sorted(names) if name.endswith(_TERRAFORMS)):
                parts.update(f"{path.relative_to(root).as_posix()}\0{digest(path)}\n".encode())
    return parts.hexdigest()


def state_of(plan: Path) -> tuple[str, int]:
    """The lineage and the serial of the state that a plan was made from: a saved plan is an archive that has it.

    Raises OwscaleError where it is not whole.
    """
    try:
        with zipfile.ZipFile(plan) as archive:
            return lineage_and_serial(json.loads(archive.read("tfstate")))
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise OwscaleError(
            f"{plan}: Terraform saved no whole plan: {type(error).__name__}\n"
            "  hint: see that the disk has room, then plan again"
        ) from None


def lineage_and_serial(state: Mapping[str, Any]) -> tuple[str, int]:
    """What tells a state from an earlier one, and from any other."""
    serial = state.get("serial")
    return str(state.get("lineage") or ""), serial if isinstance(serial, int) else 0


def _write(path: Path, content: Mapping[str, Any]) -> None:
    part = path.with_suffix(".part")
    part.touch(mode=0o600)
    part.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    part.replace(path)


def _read(path: Path) -> dict[str, Any] | None:
    with suppress(OSError, ValueError):
        found = json.loads(path.read_text(encoding="utf-8"))
        return found if isinstance(found, dict) else None
    return None


@contextmanager
def told() -> Iterator[None]:
    """Tells an error of the disk as one that the user can mend."""
    try:
        yield
    except OSError as error:
        raise OwscaleError(f"{error.filename or 'the disk'}: {error.strerror}") from error

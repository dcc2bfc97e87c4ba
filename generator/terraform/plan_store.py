"""The saved plan of a root module, and the record of its inputs.

Both are in `.terraform/owscale/` of the root module, which git ignores and only the owner may read: a plan contains the
state, and with it the Redis token. The record contains digests and names, and no value.
"""

import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from owscale.errors import OwscaleError
from owscale.fs import observed
from owscale.fs.files import atomic_write, io_errors
from owscale.fs.hashing import DIGEST_LENGTH, content_digest
from owscale.fs.untrusted import MAX_MANIFEST_BYTES, MAX_OUTPUT_BYTES, MAX_PLAN_BYTES, read_untrusted, require_no_link
from owscale.fs.walk import walk

FOLDER = ".terraform/owscale"

_TERRAFORM_FILES = (".tf", ".tf.json", ".tfvars", ".tfvars.json", ".hcl", ".owscale.sums")
_FORMAT = 2
_RECORD_TYPES: dict[object, type] = {bool: bool, int: int, str: str, list[str]: list}


class StateVersion(NamedTuple):
    """A version of a state: its lineage and its serial, which every change of the state increases."""

    lineage: str
    serial: int


@dataclass(frozen=True)
class PlanRecord:
    """Inputs of a saved plan.

    `plan`, `tree` and `spec` are digests of the plan file, of the root module's files and of the spec; `owscale` and
    `terraform` are versions. `lineage` is empty and `serial` 0 where there was no state. `ephemeral` names the
    environment variables that the plan was made with and does not contain.
    """

    plan: str
    destroys: bool
    tree: str
    spec: str
    owscale: str
    terraform: str
    lineage: str
    serial: int
    passed: bool
    changes: bool
    summary: str
    ephemeral: list[str]
    format: int = _FORMAT


class PlanStore:
    """The saved plan of a root module, its record, and the spec that was last applied."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folder = root / FOLDER
        self.plan = self._folder / "next.tfplan"
        self.new_plan = self._folder / "next.tfplan.part"
        self._record = self._folder / "next.json"
        self._applied = self._folder / "applied.json"

    def prepare(self) -> None:
        """Create the folder, readable for its owner only, and delete the saved plan."""
        with io_errors(self._folder):
            self._require_no_link()
            self._folder.mkdir(parents=True, exist_ok=True)
            self._folder.chmod(0o700)
            atomic_write(self._folder / ".gitignore", b"*\n")
        self.delete()

    def save(self, record: PlanRecord) -> None:
        """Make `new_plan` the saved plan, with its record."""
        with io_errors(self._folder):
            self.new_plan.chmod(0o600)
            self.new_plan.replace(self.plan)
            _write_json(self._record, asdict(record))

    def delete(self) -> None:
        """Delete the saved plan and its record."""
        with io_errors(self._folder):
            self._require_no_link()
            for path in (self._record, self.plan):
                path.unlink(missing_ok=True)

    def record(self) -> PlanRecord | None:
        """Return the record of the saved plan; None if there is no plan, or no readable record."""
        entries = _read_json(self._record)
        if not self.plan.is_file() or entries is None or entries.keys() != {field.name for field in fields(PlanRecord)}:
            return None
        types = {field.name: _RECORD_TYPES[field.type] for field in fields(PlanRecord)}
        is_typed = all(type(value) is types[name] for name, value in entries.items())
        return PlanRecord(**entries) if is_typed and entries["format"] == _FORMAT else None

    def applied(self) -> Mapping[str, Any] | None:
        """Return the spec of this environment that was last applied from this directory."""
        return _read_json(self._applied)

    def save_applied(self, spec: Mapping[str, Any]) -> None:
        """Save the applied spec, which contains no secret."""
        with io_errors(self._folder):
            _write_json(self._applied, spec)

    def delete_applied(self) -> None:
        """Delete the applied spec."""
        with io_errors(self._folder):
            self._applied.unlink(missing_ok=True)

    def _require_no_link(self) -> None:
        """Raise OwscaleError if a link in the root module would lead to another folder."""
        require_no_link(str(self._folder), str(self._root), str(self._folder))


def file_digest(path: Path) -> str:
    """Return the digest of a file."""
    with io_errors(path):
        return content_digest(read_untrusted(path, MAX_PLAN_BYTES))


def tree_digest(root: Path) -> str:
    """Return the digest of all files that Terraform reads in a root module, generated or not."""
    digest = sha256()
    with io_errors(root):
        for name in sorted(_terraform_files(root)):  # a link as well: Terraform follows it
            content = read_untrusted(root / name, MAX_OUTPUT_BYTES, follow=True)
            digest.update(f"{name}\0{len(content)}\0".encode("utf-8", "surrogateescape") + content)
    return digest.hexdigest()[:DIGEST_LENGTH]


def _terraform_files(root: Path) -> Iterator[str]:
    for path, kind in walk(root, not_entered=".terraform"):
        if kind != observed.DIRECTORY and path.endswith(_TERRAFORM_FILES):
            yield path


def planned_state_version(plan: Path) -> StateVersion:
    """Return the version of the state that a saved plan was made from; the plan file is a ZIP archive with that state.

    Raises OwscaleError if the plan file is incomplete.
    """
    try:
        with zipfile.ZipFile(plan) as archive, archive.open("tfstate") as member:
            return state_version(json.loads(member.read(MAX_PLAN_BYTES)))
    except (zipfile.BadZipFile, KeyError, RecursionError, ValueError, OSError) as error:
        raise OwscaleError(
            f"{plan}: the plan that Terraform saved is incomplete: {type(error).__name__}",
            hint="make sure that the disk has free space, then plan again",
        ) from None


def state_version(state: Mapping[str, Any]) -> StateVersion:
    """Return the version of a state; an empty state has the lineage "" and the serial 0."""
    serial = state.get("serial")
    return StateVersion(str(state.get("lineage") or ""), serial if isinstance(serial, int) else 0)


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    atomic_write(path, f"{json.dumps(content, indent=2)}\n".encode(), mode=0o600)


def _read_json(path: Path) -> dict[str, Any] | None:
    with suppress(OSError, OwscaleError, RecursionError, ValueError):
        content = json.loads(read_untrusted(path, MAX_MANIFEST_BYTES))
        return content if isinstance(content, dict) else None
    return None

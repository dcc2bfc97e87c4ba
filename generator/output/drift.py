"""Compare a directory under out/ with the expected files, and give the reason of each difference."""

import os
import re
from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from owscale.console.invocation import owscale_command
from owscale.errors import OwscaleError
from owscale.fs import observed
from owscale.fs.files import io_errors
from owscale.fs.hashing import content_digest
from owscale.output import drift_reasons
from owscale.output.directory import OutputDirectory, read_single_file
from owscale.output.expected import ExpectedFile, ExpectedFiles
from owscale.output.manifest import MANIFEST_NAME, Manifest, parse_manifest

_HEADER = re.compile(rb"(?:#|<!--) Generated from .+ by \S+\. Do not edit\.")
"""The start of a generated file, which distinguishes it from an unmanaged one if the manifest is lost."""


class DriftKind(StrEnum):
    """How a file on disk differs from the expected one."""

    CHANGED = "changed"
    MISSING = "missing"
    ORPHAN = "orphan"
    MODIFIED = "modified locally"
    BLOCKED = "blocked"


class FileDrift(NamedTuple):
    """A difference between a file on disk, `old`, and the expected file, `new`; None if there is none.

    `file` is the path in `folder`, empty if the whole directory is blocked. The `reason` of a blocked file is a
    whole message that names its path, and only such a file has a `hint`.
    """

    folder: str
    file: str
    kind: DriftKind
    reason: str
    old: bytes | None
    new: ExpectedFile | None
    hint: str = ""

    @property
    def review_order(self) -> tuple[bool, bool, int, str]:
        """Sort key for lists of differences: Terraform code first, main.tf at its head, the manifest last."""
        name = self.file.rpartition("/")[2]
        is_code = self.file.endswith((".tf", ".tfvars", ".hcl"))
        return not is_code, name != "main.tf" if is_code else name == MANIFEST_NAME, self.file.count("/"), self.file

    @property
    def path(self) -> str:
        """The path under out/."""
        return f"{self.folder}/{self.file}" if self.file else self.folder

    @property
    def mark(self) -> str:
        """The effect of writing the expected file: `+` adds, `~` changes and `-` removes a file."""
        return "+" if self.old is None else "-" if self.new is None else "~"

    @property
    def diff(self) -> str:
        """The effect of writing the expected file, as a unified diff."""
        import difflib  # noqa: PLC0415 -- few runs print differences

        contents = (self.old, self.new and self.new.content)
        old, new = ((content or b"").decode("utf-8", "replace").splitlines() for content in contents)
        old_path = self.path if self.old is not None else "/dev/null"
        new_path = self.path if self.new is not None else "/dev/null"
        return "\n".join(difflib.unified_diff(old, new, old_path, new_path, lineterm=""))


class DriftResult(NamedTuple):
    """The comparison of one directory: its differences, and the number of files without one.

    `unmanaged` maps the paths of files that are not generated, or kept, to their names in messages.
    `is_orphaned` is true if no spec describes the deployment any more.
    `failure` is the message for a deployment that could not be compared.
    `spec` is the path of the spec that generated the files.
    `moved_from` is the former directory of a renamed deployment, which is moved to `folder`; empty for all others.
    `state_owner` is the deployment that now uses the Terraform state of an orphan; empty if none does, None if unknown.
    `successor` is a new deployment with the spec and environment of an orphan, but with another state.
    `plan_code` has the code of custom Terraform that runs in a plan.
    """

    folder: str
    differences: tuple[FileDrift, ...] = ()
    unchanged: int = 0
    unmanaged: Mapping[str, str] = {}
    is_orphaned: bool = False
    failure: str = ""
    moved_from: str = ""
    spec: str = ""
    state_owner: str | None = ""
    successor: str = ""
    plan_code: tuple[str, ...] = ()


def detect_drift(
    out: Path,
    expected: ExpectedFiles,
    interrupted_files: frozenset[tuple[str, str]],
    *,
    sources: Mapping[str, str | None] = {},
    specs: frozenset[str] = frozenset(),
) -> DriftResult:
    """Compare the directory of a deployment with its expected files.

    `interrupted_files` are the files of interrupted runs: paths under `out` with digests. They count as generated.
    `sources` has the present directory of each deployment whose directory will be moved; None if it has none.
    `specs` has all specs of this run: a directory of one spec may now belong to another spec.
    Raises OwscaleError if the directory cannot be read.
    """
    with io_errors(out / expected.folder):
        source = sources.get(expected.folder, expected.folder)
        directory = OutputDirectory(out, source)
        if directory.blocked:
            return _blocked_result(expected, directory.blocked, _move_away_hint())
        if source in (None, expected.folder):
            return _compare(out, directory, expected, interrupted_files, specs)
        if blocked := OutputDirectory(out, expected.folder).blocked:
            return _blocked_result(expected, blocked, _move_away_hint())
        moved_files = {
            (path.replace(f"{source}/", f"{expected.folder}/", 1), digest) for path, digest in interrupted_files
        }
        result = _compare(out, directory, expected, interrupted_files | moved_files, specs)
        return result._replace(moved_from=source)


def _compare(
    out: Path,
    directory: OutputDirectory,
    expected: ExpectedFiles,
    interrupted_files: frozenset[tuple[str, str]],
    specs: frozenset[str],
) -> DriftResult:
    manifest = ExpectedFile(str(expected.manifest).encode(), MANIFEST_NAME, "")
    old_manifest = directory.read(MANIFEST_NAME)
    recorded = (
        expected.manifest
        if old_manifest == manifest.content
        else parse_manifest(old_manifest or b"", f"{directory.root}/{MANIFEST_NAME}")
    )
    if expected.files and recorded.spec not in {"", expected.spec, *specs} and _spec_exists(out, recorded.spec):
        if _is_same_file(out, recorded.spec, expected.spec):
            return _blocked_result(
                expected,
                f"{directory.root}: belongs to {recorded.spec}, which is {expected.spec} through a symbolic link",
                "replace the link with the folder that it leads to, because generated files name each spec by its path",
            )
        return _blocked_result(
            expected,
            f"{directory.root}: belongs to {recorded.spec}; {expected.spec} describes the same deployment",
            "give one of the two specs another `name:`, or remove the one that is not needed",
        )
    detector = _DriftDetector(directory, expected, recorded, interrupted_files)
    results = [
        *(detector.compare(path, file) for path, file in expected.generated.items()),
        detector.compare_manifest(old_manifest, manifest),
        *detector.orphans(),
    ]
    return DriftResult(
        expected.folder,
        tuple(sorted((drift for drift in results if drift), key=lambda drift: drift.file)),
        unchanged=sum(drift is None for drift in results),
        unmanaged=dict(detector.unmanaged()),
        is_orphaned=not expected.files,
        spec=recorded.spec,
    )


def _blocked_result(expected: ExpectedFiles, message: str, hint: str) -> DriftResult:
    drift = FileDrift(expected.folder, "", DriftKind.BLOCKED, message, None, None, hint)
    return DriftResult(expected.folder, (drift,))


def _move_away_hint() -> str:
    return f"move it away, then run `{owscale_command('generate')}`"


def recorded_deployments(
    out: Path, specs: frozenset[str], in_place: Collection[str], interrupted_moves: str
) -> Iterator[ExpectedFiles | DriftResult]:
    """Yield the deployments that a manifest under `out` records, as directories without expected files.

    Only deployments that are not `in_place` count, and whose manifest names one of the `specs` of this run or a spec
    that does not exist any more. A directory with a damaged manifest is yielded as a result with its failure.
    `interrupted_moves` is a directory under `out` in which an interrupted run may have left some.
    """
    for folder in sorted((*_folders(out, ""), *_folders(out / interrupted_moves, f"{interrupted_moves}/"))):
        if folder in in_place:
            continue
        try:
            if (content := read_single_file(out, folder, MANIFEST_NAME)) is None:
                continue
            recorded = parse_manifest(content, str(out / folder / MANIFEST_NAME))
        except OwscaleError as error:
            yield DriftResult(folder, failure=str(error))
            continue
        if recorded.spec in specs or _spec_exists(out, recorded.spec) is False:
            yield ExpectedFiles(folder, recorded.spec, "", {}, keep=recorded.keep)


def _folders(out: Path, prefix: str) -> Iterator[str]:
    for name in _subdirectories(out):
        yield from (f"{prefix}{name}/{environment}" for environment in _subdirectories(out / name))


def _subdirectories(path: Path) -> list[str]:
    """Return the names of the directories in a directory; none if it cannot be read, so it is no output."""
    try:
        return [name for name, kind in observed.scan(path) if kind == observed.DIRECTORY]
    except OSError:
        return []


def _spec_exists(out: Path, spec: str) -> bool | None:
    """Return whether the spec exists that a manifest names; None if that cannot be determined."""
    try:
        # As `ProjectPaths.relative` names it: beside the directory that `out` may be a link to.
        return bool(observed.target_kind(f"{os.path.dirname(observed.real_path(out))}/{spec}"))
    except OSError:
        return None


def _is_same_file(out: Path, *specs: str) -> bool:
    parent = os.path.dirname(observed.real_path(out))
    return len({observed.real_path(f"{parent}/{spec}") for spec in specs}) == 1


class _DriftDetector(NamedTuple):
    """One comparison: the directory, its expected files, and the manifest of the last run."""

    directory: OutputDirectory
    expected: ExpectedFiles
    recorded: Manifest
    interrupted_files: frozenset[tuple[str, str]]

    def compare(self, path: str, file: ExpectedFile) -> FileDrift | None:
        """Compare one generated file."""
        if obstacle := self.directory.obstacle(path):
            return self._drift(path, DriftKind.BLOCKED, obstacle, None, file)
        old = self.directory.read(path)
        if old == file.content:
            return None
        entry = self.recorded.entries.get(path)
        reason = drift_reasons.reason_for_change(self.recorded, self.expected, entry, file)
        if old is None:
            reason = (reason or "deleted locally") if self.recorded.version else "not generated yet"
            return self._drift(path, DriftKind.MISSING, reason, None, file)
        if self._is_generated(path, old):
            reason = reason or ("its line endings changed" if b"\r\n" in old else "an earlier run was interrupted")
            return self._drift(path, DriftKind.CHANGED, reason, old, file)
        if entry or _HEADER.match(old):
            return self._drift(path, DriftKind.MODIFIED, reason, old, file)
        message = f"{self.directory.root}/{path}: blocked by an existing file that was not generated"
        return self._drift(path, DriftKind.BLOCKED, message, old, file)

    def compare_manifest(self, old: bytes | None, file: ExpectedFile) -> FileDrift | None:
        """Compare the manifest itself, which is removed with the last file."""
        new = file if self.expected.files else None
        if obstacle := self.directory.obstacle(MANIFEST_NAME):
            return self._drift(MANIFEST_NAME, DriftKind.BLOCKED, obstacle, None, new)
        if old == (new and new.content):
            return None
        if new is None:
            return self._drift(MANIFEST_NAME, DriftKind.ORPHAN, drift_reasons.NO_SPEC, old, None)
        if old is None:
            return self._drift(MANIFEST_NAME, DriftKind.MISSING, "not generated yet, or deleted locally", old, new)
        reason = drift_reasons.reason_for_manifest(self.recorded, self.expected)
        return self._drift(MANIFEST_NAME, DriftKind.CHANGED, reason, old, new)

    def orphans(self) -> Iterator[FileDrift]:
        """Yield orphans: files of the last run that this run does not generate."""
        for path in self.directory.entries:
            if path == MANIFEST_NAME or path in self.expected.files or self.expected.is_kept(path):
                continue
            if self._was_generated(path):
                old = self.directory.read(path) or b""
                kind = DriftKind.ORPHAN if self._is_generated(path, old) else DriftKind.MODIFIED
                entry = self.recorded.entries.get(path)
                reason = drift_reasons.reason_for_orphan(self.recorded, self.expected, entry)
                yield self._drift(path, kind, reason, old, None)

    def unmanaged(self) -> Iterator[tuple[str, str]]:
        """Yield the paths that are kept or were never generated, each with its name in messages."""
        for path, kind in sorted(self.directory.entries.items()):
            if kind == observed.DIRECTORY:
                if path.endswith(".terraform"):
                    yield path, f"{path}/"
            elif self.expected.is_kept(path):
                yield path, f"{path} (kept)"
            elif path != MANIFEST_NAME and path not in self.expected.generated and not self._was_generated(path):
                yield path, path

    def _was_generated(self, path: str) -> bool:
        """Return whether a file is generated by the manifest or its header; it may have been modified since."""
        if self.directory.entries[path] != observed.FILE:
            return False
        if path in self.recorded.entries:
            return True
        return path.endswith((".tf", ".hcl", ".md")) and bool(_HEADER.match(self.directory.read_head(path)))

    def _is_generated(self, path: str, content: bytes) -> bool:
        """Return whether a file has the content of the last run, ignoring line endings."""
        digests = {content_digest(content), content_digest(content.replace(b"\r\n", b"\n"))}
        if not digests.isdisjoint(self.recorded.digests):
            return True
        return any((f"{self.expected.folder}/{path}", digest) in self.interrupted_files for digest in digests)

    def _drift(self, path: str, kind: DriftKind, reason: str, old: bytes | None, new: ExpectedFile | None) -> FileDrift:
        hint = _move_away_hint() if kind is DriftKind.BLOCKED else ""
        return FileDrift(self.expected.folder, path, kind, reason, old, new, hint)

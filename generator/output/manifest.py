"""The manifest of a deployment: the generated files, their digests, and the sources that they come from.

It is a text with a sorted line per file. A later run recognises by it which files were modified locally and which are
merely out of date, and why. It is the same on every machine.
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from owscale.errors import OwscaleError
from owscale.fs.confined import unsafe_path_reason
from owscale.fs.hashing import DIGEST_LENGTH
from owscale.fs.untrusted import MAX_MANIFEST_BYTES

_CONTROL_CHARACTER = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")  # not tab, LF and CR
MANIFEST_NAME = ".owscale.sums"

_MAX_PATTERNS = 1000
_HEADER = """\
# Files that `owscale generate` wrote here; `owscale check` compares them. Do not edit.
# Each line: digest of the file, digest of its source, file <- source. After a merge conflict, generate again.
"""


class ManifestEntry(NamedTuple):
    """The digest of a file, and its source with its digest."""

    digest: str
    source_digest: str
    source: str


class Manifest(NamedTuple):
    """The record of a run in the directory of a deployment; empty if no run wrote one.

    `digests` has the digests of all files; in a text with merge conflicts, the digests of both sides. `keep` has the
    patterns of files that belong to the user.
    """

    version: str = ""
    spec: str = ""
    spec_digest: str = ""
    entries: Mapping[str, ManifestEntry] = {}
    digests: frozenset[str] = frozenset()
    keep: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "".join((_HEADER, *(f"{line}\n" for line in self._lines())))

    def _lines(self) -> Iterator[str]:
        yield f"owscale {self.version}"
        yield f"spec {self.spec_digest} {self.spec}"
        yield from (f"keep {pattern}" for pattern in self.keep)
        for path, entry in sorted(self.entries.items()):
            yield f"{entry.digest} {entry.source_digest} {path} <- {entry.source}"


def parse_manifest(content: bytes, shown: str = MANIFEST_NAME) -> Manifest:
    """Parse the text of a manifest; unknown lines, such as the markers of a merge conflict, are skipped.

    `shown` is the path of the manifest in messages. Raises OwscaleError if no run of owscale and no merge can have
    written the content: control characters, a path that leaves its folder, or too much of anything.
    """
    if len(content) > MAX_MANIFEST_BYTES:
        raise _damaged(shown, f"has {len(content):,} bytes, more than the limit of {MAX_MANIFEST_BYTES:,} bytes")
    if match := _CONTROL_CHARACTER.search(content):
        raise _damaged(shown, f"contains the control character 0x{match[0][0]:02x}")
    values: dict[str, str] = {}
    entries: dict[str, ManifestEntry] = {}
    digests: set[str] = set()
    keep: list[str] = []
    for line in content.decode("utf-8", "replace").splitlines():
        match line.split(" ", 2):
            case ["owscale", version]:
                values["version"] = version
            case ["keep", pattern]:
                keep.append(pattern)
            case ["spec", spec_digest, spec] if not spec.startswith("/"):
                values |= {"spec": spec, "spec_digest": spec_digest}
            case [digest, source_digest, rest] if len(digest) == len(source_digest) == DIGEST_LENGTH and " <- " in rest:
                path, _, source = rest.partition(" <- ")
                if reason := unsafe_path_reason(path):
                    raise _damaged(shown, f"the path {path!r} {reason}")
                entries[path] = ManifestEntry(digest, source_digest, source)
                digests.add(digest)
    if len(keep) > _MAX_PATTERNS:
        raise _damaged(shown, f"has more than {_MAX_PATTERNS:,} patterns to keep")
    return Manifest(**values, entries=entries, digests=frozenset(digests), keep=tuple(keep))


def _damaged(shown: str, problem: str) -> OwscaleError:
    hint = f"restore it with `git checkout -- {shown}`, or remove it and run `owscale generate`"
    return OwscaleError(f"{shown}: {problem}", hint=hint)

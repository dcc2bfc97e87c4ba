"""The manifest beside the output: what `owscale generate` wrote there, and from what.

A line a file, sorted. With it, a later run tells a file that was edited by hand from one that is merely out of date,
and says why it is. It holds nothing that differs between two machines.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from generator.stamp.parts import LENGTH, content_digest

SUMS = ".owscale.sums"

_ABOUT = """\
# What `owscale generate` wrote here, and from what; `owscale check` compares. Not for editing.
# Each line: digest of the file, digest of its source, file <- source. After a merge conflict, generate again.
"""


digest = content_digest
"""The answer of an earlier run holds while the files have the digests that stand here (ADR 12)."""


class Origin(NamedTuple):
    """A file's own digest, and what it was made from."""

    digest: str
    source_digest: str
    source: str


class Sums(NamedTuple):
    """What is known of a folder. An empty one knows nothing.

    `digests` has those of all files, and after a merge conflict those of both sides. `keep` has the patterns of files
    that are the user's.
    """

    version: str = ""
    spec: str = ""
    spec_digest: str = ""
    origins: Mapping[str, Origin] = {}
    digests: frozenset[str] = frozenset()
    keep: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "".join((_ABOUT, *(f"{line}\n" for line in self._lines())))

    def _lines(self) -> Iterator[str]:
        yield f"owscale {self.version}"
        yield f"spec {self.spec_digest} {self.spec}"
        yield from (f"keep {pattern}" for pattern in self.keep)
        for path, origin in sorted(self.origins.items()):
            yield f"{origin.digest} {origin.source_digest} {path} <- {origin.source}"


def parsed(content: bytes) -> Sums:
    """The sums that a file holds; lines that say nothing are passed over, such as the marks of a merge conflict."""
    heads: dict[str, str] = {}
    origins: dict[str, Origin] = {}
    digests: set[str] = set()
    keep: list[str] = []
    for line in content.decode("utf-8", "replace").splitlines():
        match line.split(" ", 2):
            case ["owscale", version]:
                heads["owscale"] = version
            case ["keep", pattern]:
                keep.append(pattern)
            case ["spec", spec_digest, spec]:
                heads |= {"spec": spec, "spec_digest": spec_digest}
            case [own, source_digest, rest] if len(own) == len(source_digest) == LENGTH and " <- " in rest:
                path, _, source = rest.partition(" <- ")
                origins[path] = Origin(own, source_digest, source)
                digests.add(own)
    return Sums(
        heads.get("owscale", ""),
        heads.get("spec", ""),
        heads.get("spec_digest", ""),
        origins,
        frozenset(digests),
        tuple(keep),
    )

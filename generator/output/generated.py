"""What should stand under out/: the folder of one deployment, whole."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cached_property

from generator import __version__
from generator.output.sums import Origin, Sums, digest


class File:
    """One file: its content, and the template or the file that it comes from, as messages name it, with its digest."""

    def __init__(self, content: bytes, source: str, source_digest: str) -> None:
        self.content = content
        self.source = source
        self.source_digest = source_digest

    @cached_property
    def digest(self) -> str:
        return digest(self.content)


class Generated:
    """Every file of a deployment by its path in `folder`, which stands under out/.

    `spec` is the spec as generated files name it, `spec_digest` that of what it says for this environment. Files that
    match a pattern of `keep` are the user's own, although they would be generated.
    """

    def __init__(
        self, folder: str, spec: str, spec_digest: str, files: Mapping[str, File], *, keep: tuple[str, ...] = ()
    ) -> None:
        self.folder = folder
        self.spec = spec
        self.spec_digest = spec_digest
        self.files = files
        self.keep = keep

    def keeps(self, path: str) -> bool:
        return any(fnmatchcase(path, pattern) for pattern in self.keep)

    @cached_property
    def owned(self) -> dict[str, File]:
        """The files that are generated and not kept."""
        return {path: file for path, file in self.files.items() if not self.keeps(path)}

    @cached_property
    def sums(self) -> Sums:
        """The manifest that stands beside them."""
        origins = {path: Origin(file.digest, file.source_digest, file.source) for path, file in self.owned.items()}
        digests = frozenset(origin.digest for origin in origins.values())
        return Sums(__version__, self.spec, self.spec_digest, origins, digests, self.keep)

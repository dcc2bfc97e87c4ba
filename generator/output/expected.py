"""The files that are expected in the directory of a deployment under out/."""

from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from functools import cached_property

from owscale import __version__
from owscale.fs.hashing import content_digest
from owscale.output.manifest import Manifest, ManifestEntry


class ExpectedFile:
    """The content of a file, and the template or custom file that it comes from, with the digest of that source.

    With `is_own`, that source is not part of owscale. If it replaces a shipped template, `render_shipped` returns the
    content of the shipped one.
    """

    def __init__(
        self,
        content: bytes,
        source: str,
        source_digest: str,
        *,
        is_own: bool = False,
        render_shipped: Callable[[], bytes] | None = None,
    ) -> None:
        self.content = content
        self.source = source
        self.source_digest = source_digest
        self.is_own = is_own
        self._render_shipped = render_shipped

    @cached_property
    def digest(self) -> str:
        """The digest of the content."""
        return content_digest(self.content)

    @cached_property
    def shipped(self) -> bytes | None:
        """The content from the shipped template that a custom one replaces; None if it replaces none."""
        return self._render_shipped() if self._render_shipped else None

    @property
    def is_as_shipped(self) -> bool:
        """Whether a custom template gives the same content as the shipped one, apart from the header with its path."""
        return self.shipped is not None and self.shipped.partition(b"\n")[2] == self.content.partition(b"\n")[2]


class ExpectedFiles:
    """Every file of a deployment, by its path in `folder`; an orphaned deployment has none.

    `folder` is a path under out/, `spec` the path of the spec as generated files name it, and `spec_digest` the digest
    of its values for this environment. `keep` has the patterns of files that belong to the user.
    """

    def __init__(
        self, folder: str, spec: str, spec_digest: str, files: Mapping[str, ExpectedFile], *, keep: tuple[str, ...] = ()
    ) -> None:
        self.folder = folder
        self.spec = spec
        self.spec_digest = spec_digest
        self.files = files
        self.keep = keep

    def is_kept(self, path: str) -> bool:
        """Return whether a file belongs to the user by a pattern of `keep`, although it would be generated."""
        return any(fnmatchcase(path, pattern) for pattern in self.keep)

    @cached_property
    def generated(self) -> dict[str, ExpectedFile]:
        """The files to write: all but those that are kept."""
        return {path: file for path, file in self.files.items() if not self.is_kept(path)}

    @cached_property
    def manifest(self) -> Manifest:
        """The manifest of these files."""
        entries = {
            path: ManifestEntry(file.digest, file.source_digest, file.source) for path, file in self.generated.items()
        }
        digests = frozenset(entry.digest for entry in entries.values())
        return Manifest(__version__, self.spec, self.spec_digest, entries, digests, self.keep)

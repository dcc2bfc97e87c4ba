"""Digests of contents and of files."""

from hashlib import sha256

from owscale.fs import observed

TYPE_CHECKING = False  # `explain CODE` does not wait for typing
if TYPE_CHECKING:
    from collections.abc import Iterable

DIGEST_LENGTH = 32
"""Characters of a digest: the first half of a SHA-256 in hexadecimal, long enough that two contents never share one."""


def content_digest(content: bytes) -> str:
    """Return the digest of a content."""
    return sha256(content).hexdigest()[:DIGEST_LENGTH]


def files_digest(root: str, names: "Iterable[str]") -> str:
    """Return the digest of files below `root`, their names included. Raises OSError where one cannot be read."""
    digest = sha256()
    for name in sorted(names):
        digest.update(f"{name}\0".encode() + observed.read_bytes(f"{root}/{name}") + b"\0")
    return digest.hexdigest()[:DIGEST_LENGTH]

"""Digests of contents and of files."""

from hashlib import sha256

TYPE_CHECKING = False  # the lookup in the result cache must not wait for the import of typing
if TYPE_CHECKING:
    from collections.abc import Iterable

DIGEST_LENGTH = 32
"""Characters of a digest: the first half of a SHA-256 in hexadecimal, which is enough to exclude equal ones."""


def content_digest(content: bytes) -> str:
    """Return the digest of a content."""
    return sha256(content).hexdigest()[:DIGEST_LENGTH]


def files_digest(root: str, names: "Iterable[str]") -> str:
    """Return the digest of files below `root`, their names included. Raises OSError where one cannot be read."""
    digest = sha256()
    for name in sorted(names):
        with open(f"{root}/{name}", "rb") as file:
            digest.update(f"{name}\0".encode() + file.read() + b"\0")
    return digest.hexdigest()[:DIGEST_LENGTH]

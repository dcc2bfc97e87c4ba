"""Digests of contents, as manifests record them."""

from hashlib import sha256

DIGEST_LENGTH = 32
"""Characters of a digest: the first half of a SHA-256 in hexadecimal, long enough that two contents never share one."""


def content_digest(content: bytes) -> str:
    """Return the digest of a content."""
    return sha256(content).hexdigest()[:DIGEST_LENGTH]

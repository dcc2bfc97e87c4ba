"""Digests of contents."""

from owscale.fs.hashing import DIGEST_LENGTH, content_digest


def test_digest_is_half_a_sha_256() -> None:
    assert content_digest(b"") == "e3b0c44298fc1c149afbf4c8996fb924"
    assert len(content_digest(b"a")) == DIGEST_LENGTH

"""Digests of contents and of files."""

from pathlib import Path

import pytest

from owscale.fs.hashing import DIGEST_LENGTH, content_digest, files_digest


def test_digest_is_half_a_sha_256() -> None:
    assert content_digest(b"") == "e3b0c44298fc1c149afbf4c8996fb924"
    assert len(content_digest(b"a")) == DIGEST_LENGTH


def test_files_digest_depends_on_names_and_contents_alone(tmp_path: Path) -> None:
    for directory in ("one", "two"):
        (tmp_path / directory).mkdir()
        for name in ("a", "b"):
            (tmp_path / directory / name).write_text(name)
    digest = files_digest(str(tmp_path / "one"), ["a", "b"])
    assert files_digest(str(tmp_path / "two"), ["b", "a"]) == digest
    assert files_digest(str(tmp_path / "two"), ["a"]) != digest
    (tmp_path / "two/b").write_text("c")
    assert files_digest(str(tmp_path / "two"), ["a", "b"]) != digest


def test_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        files_digest(str(tmp_path), ["a"])

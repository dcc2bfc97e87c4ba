"""Releases of images, and the variables and endpoints that they support."""

import pytest

from owscale.domain.openwebui import releases
from tests.domain.openwebui.conftest import REPOSITORY


@pytest.mark.parametrize(
    ("image", "release"),
    [
        (f"{REPOSITORY}:v0.12.4", "0.12.4"),
        (f"{REPOSITORY}:0.12.4", "0.12.4"),
        (f"{REPOSITORY}:v0.12.4-slim", "0.12.4"),
        (f"{REPOSITORY}:v0.12.4@sha256:{'0' * 64}", "0.12.4"),
        ("registry.example.com:5000/open-webui:v0.8.3", "0.8.3"),
        ("registry.example.com:5000/open-webui", None),
        (f"{REPOSITORY}@sha256:{'0' * 64}", None),
        (f"{REPOSITORY}:main", None),
        (f"{REPOSITORY}:v0.12", None),
    ],
)
def test_release_comes_from_the_tag(image: str, release: str | None) -> None:
    assert releases.release(image) == release


def test_releases_are_compared_by_number() -> None:
    assert releases.is_older("0.9.6", "0.12.0")
    assert not releases.is_older("0.12.0", "0.9.6")
    assert not releases.is_older("0.7.0", "0.7.0")


@pytest.mark.parametrize(
    ("tag", "expected"), [("v0.8.10", False), ("v0.8.11", True), ("v0.12.4", True), ("main", True)]
)
def test_ready_needs_its_release_or_an_unknown_one(tag: str, *, expected: bool) -> None:
    assert releases.has_ready(f"{REPOSITORY}:{tag}") is expected

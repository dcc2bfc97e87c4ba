from typing import get_args

import pytest

from owscale.domain.openwebui.browser_losses import LOSSES, UNDELIVERED, losses
from owscale.domain.openwebui.upgrades import Upgrade, Way, upgrade
from tests._support.cases import PROJECT

_IMAGE = "ghcr.io/open-webui/open-webui:v"


def _upgrade(current: str, following: str) -> Upgrade:
    change = upgrade(f"{_IMAGE}{current}", f"{_IMAGE}{following}")
    assert change is not None
    return change


def _documented_text() -> str:
    page = (PROJECT / "docs/openwebui-measured.md").read_text()
    section = page.partition("\n## Browsers during a replacement\n")[2].partition("\n## ")[0]
    return " ".join(section.replace("`", "").split())


def test_every_way_has_its_losses() -> None:
    assert set(LOSSES) == set(get_args(Way))


@pytest.mark.parametrize("way", get_args(Way))
def test_every_sentence_is_in_the_measurement(way: Way) -> None:
    documented = _documented_text()
    assert [sentence for sentence in (*LOSSES[way], UNDELIVERED) if sentence not in documented] == []


@pytest.mark.parametrize("way", get_args(Way))
def test_new_tasks_of_the_same_release_lose_less(way: Way) -> None:
    assert set(losses(way, None)) < set(losses(way, _upgrade("0.12.3", "0.12.4")))


@pytest.mark.parametrize(
    ("current", "way", "is_undelivered"),
    [("0.11.4", "roll", True), ("0.11.4", "live", True), ("0.11.4", "stop", False), ("0.12.3", "roll", False)],
)
def test_answers_do_not_cross_releases_without_common_messages(current: str, way: Way, is_undelivered: bool) -> None:
    assert (UNDELIVERED in losses(way, _upgrade(current, "0.12.4"))) is is_undelivered

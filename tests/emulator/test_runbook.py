"""Commands of the runbook that were pasted after the first apply."""

import pytest

from tests.emulator.story import Story

pytestmark = pytest.mark.xdist_group("emulator")


def answer(story: Story, part: str) -> str:
    """What the first block with such a text printed."""
    return next(each.out for each in story.pasted if part in each.block)


def test_every_one_works(story: Story) -> None:
    assert len(story.pasted) >= 20
    failed = [(each.block, each.err) for each in story.pasted if each.code]
    assert not failed, failed


def test_they_find_what_was_applied(story: Story) -> None:
    assert answer(story, "MemberClusters").split()[0] == "available"
    assert "webui3-scaled-response-time" in answer(story, "describe-alarms")
    assert answer(story, "echo ").strip() == f"http://{story.first.load_balancer['DNSName']}"
    assert "gravityglobal.example" in answer(story, "list-subscriptions-by-topic")


def test_they_find_what_was_there_before(story: Story) -> None:
    assert "ACTIVE" in answer(story, "describe-table")
    assert "PRE production/" in answer(story, "aws s3 ls")
    assert story.spec["app"]["image"].partition(":")[0] in answer(story, "containerDefinitions[].image")

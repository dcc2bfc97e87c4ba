"""Alarms that fire later than before, or never."""

import pytest

from tests._support.project import Project
from tests._support.repository import commit, review_first


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("{timing: {cpu: {period_seconds: 60}}}", "{timing: {cpu: {period_seconds: 3600}}}", "fires later or never"),
        ("{}", "{redis_memory_percent: null}", "alarm redis_memory: removed"),
        ("{}", "{target_5xx_count: null}", "alarm target_5xx: removed"),
        ("{timing: {memory: {missing_data: breaching}}}", "{timing: {memory: {missing_data: ignore}}}", "missing data"),
        ("{healthy_hosts: 2}", "{healthy_hosts: 1}", "alarm healthy_hosts: threshold 2 → 1"),
        ("{redis_cpu_percent: 40}", "{}", "alarm redis_cpu: threshold 40 → 45"),
    ],
)
def test_weakened_alarm_is_to_be_reviewed_first(git_project: Project, before: str, after: str, line: str) -> None:
    text = git_project.spec.read_text()
    git_project.spec.write_text(f"{text}alarms: {before}\n")
    commit()
    git_project.spec.write_text(f"{text}alarms: {after}\n")
    assert line in review_first(git_project)
    commit()
    git_project.spec.write_text(f"{text}alarms: {before}\n")
    assert review_first(git_project) == "", "the reverse change weakens nothing"

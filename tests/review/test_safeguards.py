"""Changes that weaken a safeguard come first; other changes do not."""

import pytest

from tests._support.project import Project
from tests._support.repository import commit, review_first


@pytest.mark.parametrize(
    ("section", "line"),
    [
        ("alarms: {cpu_percent: 95}", "alarm cpu: threshold 85 → 95: it fires later or never"),
        ("secrets: {recovery_window_days: 0}", "7 (the default) → 0: a deleted secret can be restored for a shorter"),
        ('accept: {S353: "one node is enough here"}', "a warning is accepted"),
        ("keep: [main.tf]", "keep: [] (the default) → [main.tf]: a file is no longer generated"),
    ],
)
def test_weakened_safeguard_is_to_be_reviewed_first(git_project: Project, section: str, line: str) -> None:
    git_project.spec.write_text(f"{git_project.spec.read_text()}{section}\n")
    assert line in review_first(git_project)


def test_strengthened_safeguard_is_not(git_project: Project) -> None:
    git_project.spec.write_text(f"{git_project.spec.read_text()}alarms: {{cpu_percent: 80}}\n")
    assert review_first(git_project) == ""


def test_wider_address_range_is_to_be_reviewed_first_and_a_narrower_one_is_not(git_project: Project) -> None:
    git_project.change_spec("10.8.0.0/16", "10.8.0.0/24")
    assert review_first(git_project) == ""
    commit()
    git_project.change_spec("10.8.0.0/24", "10.0.0.0/8")
    line = "load_balancer.allow_from.vpn.cidr: 10.8.0.0/24 → 10.0.0.0/8: more addresses can connect"
    assert line in review_first(git_project)

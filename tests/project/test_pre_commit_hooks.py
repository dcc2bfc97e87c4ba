"""The hooks for pre-commit."""

import re

import yaml

from tests._support.cases import PROJECT


def test_hooks_match_the_files_that_they_check() -> None:
    hooks = {hook["id"]: hook for hook in yaml.safe_load((PROJECT / ".pre-commit-hooks.yaml").read_text())}
    assert {name: hook["entry"] for name, hook in hooks.items()} == {
        "owscale-validate": "owscale validate",
        "owscale-check": "owscale check --staged",
    }
    assert all(hook["language"] == "python" and hook["pass_filenames"] is False for hook in hooks.values())
    for name, expected in (
        ("spec/spec.yaml", {"owscale-validate", "owscale-check"}),
        ("spec/a/b.yml", {"owscale-validate", "owscale-check"}),
        ("out/spec/a.yaml", {"owscale-check"}),
        ("spec/extra/a.tf", {"owscale-check"}),
        ("README.md", set()),
    ):
        assert {hook_id for hook_id, hook in hooks.items() if re.search(hook["files"], name)} == expected, name

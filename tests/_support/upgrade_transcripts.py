"""The output of `owscale upgrade` in docs/upgrading.md, made by runs against the account in memory, and its policies.

`python -m tests._support.upgrade_transcripts` writes it again.
"""

from __future__ import annotations

import functools
import json
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from owscale.domain.openwebui import upgrades
from owscale.errors import OwscaleError
from owscale.upgrade import aws_calls
from owscale.upgrade.upgrading import Next, format_next
from tests._support.cases import PROJECT
from tests._support.upgrade_account import HEADS, NEW, OLD, UpgradeAccount
from tests._support.upgrade_runs import Runs, write_compatibility

DOCUMENT = PROJECT / "docs/upgrading.md"
_BLOCK = re.compile(
    r"(<!-- (?P<kind>output|policy): (?P<name>[a-z-]+) -->\n+```\w+\n)(?P<text>.*?)(?=```\n)", re.DOTALL
)


_RECORD = "arn:aws:s3:::BUCKET/KEY.upgrade.json"
_ALARMS = "arn:aws:cloudwatch:REGION:ACCOUNT:alarm:NAME-*"
_RDS = "arn:aws:rds:REGION:ACCOUNT"
_RESOURCES = {
    "application-autoscaling:RegisterScalableTarget": (
        "arn:aws:application-autoscaling:REGION:ACCOUNT:scalable-target/*",
    ),
    "cloudwatch:DisableAlarmActions": (_ALARMS,),
    "cloudwatch:EnableAlarmActions": (_ALARMS,),
    "ecs:RunTask": tuple(f"arn:aws:ecs:REGION:ACCOUNT:task-definition/{each}:*" for each in ("NAME", "NAME-migration")),
    "ecs:StopTask": ("arn:aws:ecs:REGION:ACCOUNT:task/CLUSTER/*",),
    "ecs:UpdateService": ("arn:aws:ecs:REGION:ACCOUNT:service/CLUSTER/NAME",),
    "rds:CreateDBClusterSnapshot": (f"{_RDS}:cluster:DATABASE", f"{_RDS}:cluster-snapshot:NAME-upgrade-*"),
    "rds:CreateDBSnapshot": (f"{_RDS}:db:DATABASE", f"{_RDS}:snapshot:NAME-upgrade-*"),
    "s3:PutObject": (_RECORD,),
}
"""The resources of each call that changes something:
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html"""


@functools.cache
def transcripts() -> dict[str, str]:
    """Return the output of each run by its name in the document."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        file = Path(folder, "compatibility.json")
        write_compatibility(file, patch)
        found = dict(_live(Path(folder)))
        file.write_text('{"pairs": []}')
        upgrades._pairs.cache_clear()
        found |= dict((*_stop(Path(folder)), *_failed(Path(folder)), *_restored(Path(folder)), *_refused(Path(folder))))
    upgrades._pairs.cache_clear()
    return found


def policies() -> dict[str, str]:
    """Return the IAM policies by their name in the document."""
    # Without s3:ListBucket, S3 answers for a missing object as for a denied one:
    # https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
    read = _statement("OwscaleUpgradeReads", aws_calls.READS)
    record = [_statement("OwscaleUpgradeReadsRecord", aws_calls.RECORD_READS, _RECORD)]
    record.append(_statement("OwscaleUpgradeListsBucket", ("s3:ListBucket",), "arn:aws:s3:::BUCKET"))
    changes: dict[tuple[str, ...], list[str]] = {}
    for action in (*aws_calls.CHANGES, *aws_calls.RECORD_CHANGES):
        changes.setdefault(_RESOURCES[action], []).append(action)
    change = [_statement(f"OwscaleUpgrade{_sid(actions)}", actions, *to) for to, actions in changes.items()]
    roles = [f"arn:aws:iam::ACCOUNT:role/NAME-{each}" for each in ("execution", "task")]
    passed = _statement("OwscaleUpgradePassRole", ("iam:PassRole",), *roles)
    passed["Condition"] = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
    return {"read": _policy(read, *record), "change": _policy(*change, passed)}


def _sid(actions: list[str]) -> str:
    """Return a name for a statement: that of its first action."""
    return min(actions).partition(":")[2]


def _statement(name: str, actions: Iterable[str], *resources: str) -> dict[str, object]:
    resource = list(resources) if len(resources) > 1 else resources[0] if resources else "*"
    return {"Sid": name, "Effect": "Allow", "Action": sorted(actions), "Resource": resource}


def _policy(*statements: dict[str, object]) -> str:
    return f"{json.dumps({'Version': '2012-10-17', 'Statement': statements}, indent=2)}\n"


def document(text: str) -> str:
    """Return the text of the document with the output and the policies of today."""
    blocks = {"output": transcripts(), "policy": policies()}
    return _BLOCK.sub(lambda match: f"{match[1]}{blocks[match['kind']][match['name']]}", text)


def _runs(folder: Path) -> Runs:
    account = UpgradeAccount()
    change = upgrades.upgrade(OLD, NEW)
    account.heads[NEW] = (change.head if change else None) or HEADS[NEW]
    return Runs(account, folder)


def _printed(runs: Runs, command: str, run: Callable[[], Next]) -> str:
    try:
        end = format_next(run())
    except OwscaleError as error:
        end = f"{error}\n"
    return f"$ owscale {command}\n" + "".join(f"{line}\n" for line in runs.screen.lines) + end


def _live(folder: Path) -> Iterator[tuple[str, str]]:
    runs = _runs(folder)
    yield "dry-run", _printed(runs, "upgrade --dry-run", runs.preview)
    runs.account.outcomes = ["no lock", "migrates"]
    yield "live", _printed(runs, "upgrade", runs.upgrade)
    runs.merge_and_apply()
    yield "live-end", _printed(runs, "upgrade", runs.upgrade)
    yield "back-image", _printed(runs, "upgrade --back", runs.back)


def _stop(folder: Path) -> Iterator[tuple[str, str]]:
    runs = _runs(folder)
    yield "stop", _printed(runs, "upgrade", runs.upgrade)
    runs.merge_and_apply()
    yield "stop-end", _printed(runs, "upgrade", runs.upgrade)


def _failed(folder: Path) -> Iterator[tuple[str, str]]:
    runs = _runs(folder)
    runs.account.outcomes = ["fails"]
    text = _printed(runs, "upgrade", runs.upgrade)
    yield "failed", f"$ owscale upgrade\n…\n{text[text.index('done     stop:') :]}"
    yield "failed-back", _printed(runs, "upgrade --back", runs.back)


def _restored(folder: Path) -> Iterator[tuple[str, str]]:
    runs = _runs(folder)
    runs.complete()
    yield "back", _printed(runs, "upgrade --back", runs.back)


def _refused(folder: Path) -> Iterator[tuple[str, str]]:
    runs = _runs(folder)
    runs.account.add_service("webui3", OLD)
    runs.account.service.rolls_back = True
    yield "refused", _printed(runs, "upgrade", runs.upgrade)


if __name__ == "__main__":
    DOCUMENT.write_text(document(DOCUMENT.read_text("utf-8")), "utf-8")

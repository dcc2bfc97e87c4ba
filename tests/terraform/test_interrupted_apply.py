"""An apply that does not complete: nothing is lost, and the next apply does the rest and nothing twice."""

import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests._support.disturbing_proxy import DisturbingProxy
from tests._support.emulator.account import TABLE
from tests._support.small_deployment import TOPICS, SmallDeployment

pytestmark = pytest.mark.xdist_group("interrupted apply")

PLAN = "owscale tf plan --env production --spec spec.yaml"
PLAN_HINT = f"run `{PLAN}` for the remaining steps; completed steps are not repeated\n"


def _require_completion(small: SmallDeployment) -> None:
    """Plan and apply, and assert that all topics exist then."""
    small.plan_and_apply()
    assert small.topics == sorted(TOPICS)


def test_apply_continues_after_a_rejected_step(small: SmallDeployment, proxy: DisturbingProxy) -> None:
    small.plan()
    proxy.rejected = (
        f"Action=CreateTopic&.*Name={small.name}-two",
        "AuthorizationError",
        "is not authorized to perform",
    )
    run = small.tf("apply", "--yes")
    assert run.code == 1
    assert "grant these credentials the missing permission" in run.err
    assert 'failed aws_sns_topic.this["two"]' in run.err
    assert 'started and not finished: aws_sns_topic.this["two"]\n' in run.err
    assert f"\n    {PLAN_HINT}" in run.err  # below the hint for the error of the step
    assert small.topics == ["one", "three"]
    assert "no plan is saved" in small.tf("apply", "--yes").err
    proxy.reset()
    _require_completion(small)
    assert not [request for request in proxy.received if f"{small.name}-one" in request and "CreateTopic" in request]


def test_hints_recover_the_state_after_a_lost_connection(small: SmallDeployment, proxy: DisturbingProxy) -> None:
    small.plan()
    proxy.lost_after = f"Action=CreateTopic&.*Name={small.name}-two"
    run = small.tf("apply", "--yes")
    assert run.code == 1
    assert f"`terraform -chdir=out/{small.name}/production state push errored.tfstate`" in run.err
    assert "steps done and recorded in the state" in run.err
    proxy.reset()
    plan = small.tf("plan")
    assert (plan.code, "an earlier apply could not save its state" in plan.err) == (1, True)

    # The steps of the hint:
    locked_push = _terraform(small, "state", "push", "errored.tfstate")
    lock = re.search(r"^.*\bID:\s+(\S+)", locked_push.stderr, re.MULTILINE)
    assert lock, locked_push.stderr
    assert _terraform(small, "force-unlock", "-force", lock[1]).returncode == 0
    push = _terraform(small, "state", "push", "errored.tfstate")
    assert push.returncode == 0, push.stderr
    (small.root / "errored.tfstate").unlink()

    first = len(proxy.received)
    _require_completion(small)
    created = [request for request in proxy.received[first:] if "Action=CreateTopic" in request]
    recorded = run.err.count("created aws_sns_topic.this")
    assert len(created) == len(TOPICS) - recorded


def _terraform(small: SmallDeployment, *words: str) -> "subprocess.CompletedProcess[str]":
    command = ["terraform", f"-chdir={small.root}", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 -- commands of the hint


_MAIN = """
import sys
from owscale.cli.main import main
sys.exit(main({words}))
"""


class ApplyProcess:
    """`owscale tf apply` in a process of its own, which can be interrupted."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.err = ""

    def wait_for(self, *texts: str) -> None:
        """Read on in stderr until each of the texts has appeared."""
        assert self._process.stderr
        missing = list(texts)
        while missing:
            line = self._process.stderr.readline()
            assert line, f"the process ended without {missing}: {self.err}"
            self.err += line
            missing = [text for text in missing if text not in line]

    def interrupt(self) -> None:
        """Send SIGINT, as Ctrl-C does."""
        self._process.send_signal(signal.SIGINT)

    def finish(self) -> int:
        """Read stderr to its end and return the exit code."""
        self.err += self._process.communicate()[1]
        return self._process.returncode


@contextmanager
def _apply_process(small: SmallDeployment) -> Iterator[ApplyProcess]:
    code = _MAIN.format(words=list(small.words("apply", "--yes")))
    process = subprocess.Popen(  # noqa: S603 -- code of this test
        [sys.executable, "-c", code], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    )
    with process:
        timeout = threading.Timer(300, process.kill)
        timeout.start()
        try:
            yield ApplyProcess(process)
        finally:
            timeout.cancel()
            process.kill()


def test_interrupted_apply_records_what_exists(small: SmallDeployment, proxy: DisturbingProxy) -> None:
    small.plan()
    proxy.reset()
    create_topic = f"Action=CreateTopic&.*Name={small.name}-two"
    release_lock = r"DynamoDB_\w+\.DeleteItem"
    proxy.hold(f"{create_topic}|{release_lock}")
    with _apply_process(small) as apply:
        apply.wait_for('created aws_sns_topic.this["one"]', 'created aws_sns_topic.this["three"]')
        proxy.wait_for(create_topic)
        apply.interrupt()
        apply.wait_for("interrupted: Terraform completes the running steps and releases the state lock")
        proxy.wait_for(release_lock)
        apply.interrupt()  # at a second SIGINT, Terraform itself would exit with the lock held
        apply.wait_for("interrupted: Terraform completes the running steps and releases the state lock")
        proxy.hold(create_topic)
        assert apply.finish() == 130, apply.err
    assert "2 of 3 steps done and recorded in the state" in apply.err
    assert 'started and not finished: aws_sns_topic.this["two"]\n' in apply.err
    assert f"  hint: {PLAN_HINT}" in apply.err
    proxy.reset()
    locks = small.account.client("dynamodb").scan(TableName=TABLE)["Items"]
    assert not [lock for lock in locks if lock["LockID"]["S"].endswith(f"{small.name}.tfstate")]
    recorded = [resource for resource in small.state()["resources"] if resource["type"] == "aws_sns_topic"]
    keys = sorted(instance["index_key"] for resource in recorded for instance in resource["instances"])
    assert keys == small.topics == ["one", "three"]
    _require_completion(small)

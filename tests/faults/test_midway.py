"""An apply that does not come to its end: nothing is lost, and the next one does what is left and nothing twice."""

import re
import signal
import subprocess
import sys
import time

import pytest

from tests.emulator.world import TABLE
from tests.faults.between import Between
from tests.faults.small import TOPICS, Small

pytestmark = pytest.mark.xdist_group("faults")


def _completes(small: Small) -> None:
    """Asserts that a plan and an apply finish the work."""
    small.applied()
    assert small.topics == sorted(TOPICS)


def test_refused_in_the_middle_and_resumed(small: Small, between: Between) -> None:
    small.planned()
    between.refused = (
        f"Action=CreateTopic&.*Name={small.name}-two",
        "AuthorizationError",
        "is not authorized to perform",
    )
    told = small.tf("apply", "--yes")
    assert told.code == 1
    assert "these credentials may not do that" in told.err
    assert 'failed aws_sns_topic.this["two"]' in told.err
    assert 'Begun and not finished: aws_sns_topic.this["two"].' in told.err
    assert "To go on: owscale tf plan --env production --spec spec.yaml" in told.err
    assert small.topics == ["one", "three"]
    assert "no plan is saved" in small.tf("apply", "--yes").err
    between.heal()
    _completes(small)
    assert not [what for what in between.seen if f"{small.name}-one" in what and "CreateTopic" in what]


def test_connection_lost_in_the_middle(small: Small, between: Between) -> None:
    small.planned()
    between.lost_after = f"Action=CreateTopic&.*Name={small.name}-two"
    told = small.tf("apply", "--yes")
    assert told.code == 1
    root = f"terraform -chdir=out/{small.name}/production"
    assert f"{root} state push errored.tfstate" in told.err
    assert "steps done; they are in the state, and stay" in told.err
    between.heal()
    again = small.tf("plan")
    assert (again.code, "an earlier apply could not save its state" in again.err) == (1, True)

    # What the messages say to do.
    held = _terraform(small, "state", "push", "errored.tfstate")
    lock = re.search(r"^.*\bID:\s+(\S+)", held.stderr, re.MULTILINE)
    assert lock, held.stderr
    assert _terraform(small, "force-unlock", "-force", lock[1]).returncode == 0
    pushed = _terraform(small, "state", "push", "errored.tfstate")
    assert pushed.returncode == 0, pushed.stderr
    (small.root / "errored.tfstate").unlink()
    before = len(between.seen)
    _completes(small)
    made = [what for what in between.seen[before:] if "Action=CreateTopic" in what]
    recorded = told.err.count("created aws_sns_topic.this")
    assert len(made) == len(TOPICS) - recorded


def _terraform(small: Small, *words: str) -> "subprocess.CompletedProcess[str]":
    command = ["terraform", f"-chdir={small.root}", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 -- our own code


def test_interrupted(small: Small, between: Between) -> None:
    small.planned()
    between.slow = ("Action=CreateTopic", 3)
    words = repr(["--help", *small.words("apply", "--yes")][1:])
    code = f"import sys; from generator.cli import main; sys.exit(main({words}))"
    process = subprocess.Popen(  # noqa: S603 -- our own code
        [sys.executable, "-c", code], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    )
    deadline = time.monotonic() + 180
    while not any("CreateTopic" in what for what in between.seen):
        assert time.monotonic() < deadline, process.stderr
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)  # somebody impatient, to whom Terraform would otherwise give way
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert "interrupted: Terraform ends what it has begun, and gives the lock back." in said
    assert "steps done; they are in the state, and stay." in said
    assert "To go on: owscale tf plan --env production --spec spec.yaml" in said
    locks = small.world.client("dynamodb").scan(TableName=TABLE)["Items"]
    assert not [lock for lock in locks if lock["LockID"]["S"].endswith(f"{small.name}.tfstate")]
    recorded = [resource for resource in small.state()["resources"] if resource["type"] == "aws_sns_topic"]
    assert sorted(instance["index_key"] for each in recorded for instance in each["instances"]) == small.topics
    between.heal()
    _completes(small)

"""Runs of owscale in forks of a process that has run it: they take a fifth of the time.

A request and its reply are a line of JSON each. A fork reads every file of its project anew, since its parent has read
none of them.
"""

import io
import json
import os
import subprocess
import sys
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from select import select
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from tests._support import tree_changes
from tests._support.cases import GOLDEN, PROJECT
from tests._support.tree_changes import Change

_ANSWER_SECONDS = 60


class Outcome(NamedTuple):
    """The output and the exit code of a run; `is_cached` is true if the run read no spec."""

    exit_code: int
    out: str
    err: str
    is_cached: bool

    @property
    def answer(self) -> tuple[int, str, str]:
        """Return the parts that are equal for a cached result."""
        return self[:3]


class ForkedRuns:
    """A process that runs owscale in one fork after the other, in the directory of a project."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests._support.forked_runs"],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(
        self,
        project: Path,
        *words: str,
        cache: Path | None = None,
        during: Sequence[tuple[int, Change]] = (),
        blind: str = "",
        environment: Mapping[str, str] | None = None,
    ) -> Outcome:
        """Run a command; without a `cache` directory, it is computed.

        `during` are changes, each with the number of the observation after which it happens. A run that is `blind` to
        part of the fingerprint, such as a question of `fs.observed`, does not record it.
        """
        variables = {"XDG_CACHE_HOME": str(cache or ""), "OWSCALE_NO_CACHE": "" if cache else "1"}
        variables |= environment or {}
        return self._request(project=str(project), words=words, variables=variables, during=during, blind=blind)

    def look_up(self, project: Path, *words: str, cache: Path, blind: str = "") -> Outcome:
        """Run a command that ends where the cache has no answer."""
        variables = {"XDG_CACHE_HOME": str(cache), "OWSCALE_NO_CACHE": ""}
        return self._request(project=str(project), words=words, variables=variables, blind=blind, only_look_up=True)

    def _request(self, **request: Any) -> Outcome:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{json.dumps(request)}\n")
        self._process.stdin.flush()
        assert select([self._process.stdout], [], [], _ANSWER_SECONDS)[0], f"no answer to {request}"
        return Outcome(*json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()


@contextmanager
def forked_runs() -> Iterator[ForkedRuns]:
    """Yield a process for runs, and end it."""
    runs = ForkedRuns()
    try:
        yield runs
    finally:
        runs.close()


KINDS, ERRORS, USED_BYTES = "kinds of names", "errors", "bytes that were used"
"""Parts of a fingerprint, besides the questions of `fs.observed`, that a run can be made blind to."""


def _serve() -> None:
    """Answer requests on stdin until it ends."""
    _warm_up()
    for line in sys.stdin:
        if not os.fork():
            try:
                reply = _run(json.loads(line))
            except BaseException:
                reply = Outcome(-1, "", traceback.format_exc(), is_cached=False)
            print(json.dumps(reply), file=sys.__stdout__, flush=True)
            os._exit(0)
        os.wait()


def _warm_up() -> None:
    """Run a command here, so that the forks have all modules and data of owscale; their projects have other paths."""
    from owscale.cli.main import main  # noqa: PLC0415 -- imported for the forks
    from owscale.result_cache import recording as _recording  # noqa: F401, PLC0415 -- imported for the forks

    with TemporaryDirectory() as out, redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        assert main(["check", "--no-cache", "--spec", str(GOLDEN / "minimal/spec.yaml"), "--out", out]) == 1


def _run(request: dict[str, Any]) -> Outcome:
    from owscale.cli.main import main  # noqa: PLC0415 -- imported for the forks
    from owscale.fs import observed  # noqa: PLC0415 -- imported for the forks
    from owscale.result_cache import lookup, recording  # noqa: PLC0415 -- imported for the forks

    os.chdir(request["project"])
    os.environ.update(request["variables"])
    sys.stdout, sys.stderr = io.StringIO(), io.StringIO()
    recorded: list[str] = []
    answers: list[tuple[str, str] | None] = []
    during = [(number, tuple(change)) for number, change in request.get("during", ())]

    class Recorder(observed.Recorder):
        def add(self, question: str, path: str, answer: bytes | Exception) -> None:
            recorded.append(path)
            super().add(question, path, answer)
            for number, (name, target) in during:
                if number == len(recorded):
                    tree_changes.apply((name, target), Path())

    def find(words: list[str], *, is_new_process: bool) -> tuple[str, str] | None:
        answers.append(_find(words, is_new_process=is_new_process))
        if request.get("only_look_up") and not answers[-1]:
            raise SystemExit(-1)
        return answers[-1]

    _find, lookup.find = lookup.find, find
    # Templates and code do not change here, so that only the files of the project have to be observed.
    recording.start = lambda: observed.record(Recorder())
    if request["blind"]:
        _make_blind(request["blind"])
    sys.argv[1:] = request["words"]
    try:
        exit_code = main()
    except SystemExit as error:  # a usage error
        exit_code = int(error.code or 0)
    return Outcome(exit_code, sys.stdout.getvalue(), sys.stderr.getvalue(), any(answers))


def _make_blind(part: str) -> None:
    """Leave a part out of records and, where they would have it nevertheless, out of lookups."""
    from owscale.fs import observed  # noqa: PLC0415 -- imported for the forks
    from owscale.result_cache import lookup  # noqa: PLC0415 -- imported for the forks

    add, write, is_current, names = (
        observed.Recorder.add,
        lookup.write_entry,
        observed.is_current,
        observed._ANSWERS["n"],
    )

    def names_alone(answer: bytes) -> bytes:
        return b"\0".join(answer.split(b"\0")[::2])

    def blind_add(self: observed.Recorder, question: str, path: str, answer: bytes | Exception) -> None:
        if part == KINDS and question == "n" and isinstance(answer, bytes):
            answer = names_alone(answer)
        if question != part and not (part == ERRORS and isinstance(answer, Exception)):
            add(self, question, path, answer)

    def write_what_is_there_now(file: str, fields: list[str]) -> None:
        now = observed.Recorder()
        for line in fields[3:]:
            with suppress(OSError):
                now.ask(line[0], line[33:])
        write(file, [*fields[:2], *now.lines])

    def blind_is_current(record: Iterable[str]) -> bool:
        observed._ANSWERS["n"] = lambda path: names_alone(names(path))
        try:
            return is_current(record)
        finally:
            observed._ANSWERS["n"] = names

    observed.Recorder.add = blind_add  # type: ignore[method-assign]  # the test replaces it
    if part == USED_BYTES:
        lookup.write_entry = write_what_is_there_now
    if part == KINDS:
        observed.is_current = blind_is_current


if __name__ == "__main__":
    _serve()

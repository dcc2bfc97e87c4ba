"""Runs of owscale in forks of a process that has imported everything: they take a third of the time.

A request and its reply are a line of JSON each. A fork reads every file anew, since its parent has read none.
"""

import io
import json
import os
import subprocess
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from select import select
from typing import Any, NamedTuple

from tests._support import tree_changes
from tests._support.cases import PROJECT
from tests._support.tree_changes import Change

_ANSWER_SECONDS = 60


class Outcome(NamedTuple):
    """What a run printed and returned; `is_cached` is true where it did so without reading a spec."""

    exit_code: int
    out: str
    err: str
    is_cached: bool

    @property
    def answer(self) -> tuple[int, str, str]:
        """Return what a cached result must not change."""
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
        something does not record it; see `BLIND`.
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


BLIND = ("contents", "headers", "names", "kinds", "links", "targets", "real paths", "bytes that were used")
"""Parts of a fingerprint that a run can be made blind to."""


def _serve() -> None:
    """Answer requests on stdin until it ends."""
    from owscale.cli import main as _main  # noqa: F401, PLC0415 -- imported for the forks
    from owscale.cli import options as _options  # noqa: F401, PLC0415 -- imported for the forks
    from owscale.cli.commands import check as _check  # noqa: F401, PLC0415 -- imported for the forks
    from owscale.cli.commands import generate as _generate  # noqa: F401, PLC0415 -- imported for the forks
    from owscale.reporting import format_text as _format  # noqa: F401, PLC0415 -- imported for the forks
    from owscale.result_cache import recording as _recording  # noqa: F401, PLC0415 -- imported for the forks

    for line in sys.stdin:
        if not os.fork():
            try:
                reply = _run(json.loads(line))
            except BaseException:
                reply = Outcome(-1, "", traceback.format_exc(), is_cached=False)
            print(json.dumps(reply), file=sys.__stdout__, flush=True)
            os._exit(0)
        os.wait()


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

    def find(words: list[str]) -> tuple[str, str] | None:
        answers.append(_find(words))
        if request.get("only_look_up") and not answers[-1]:
            raise SystemExit(-1)
        return answers[-1]

    _find, lookup.find = lookup.find, find
    # Templates and code do not change here, so that only the files of the project have to be observed.
    recording.start = lambda: observed.record(Recorder())
    if request["blind"]:
        _make_blind(request["blind"])
    try:
        exit_code = main(request["words"])
    except SystemExit as error:  # a usage error
        exit_code = int(error.code or 0)
    return Outcome(exit_code, sys.stdout.getvalue(), sys.stderr.getvalue(), any(answers))


def _make_blind(part: str) -> None:
    """Leave a part out of records and lookups."""
    from owscale.fs import observed  # noqa: PLC0415 -- imported for the forks

    seeing = dict(observed._ANSWERS)
    if part == "bytes that were used":  # the digest is made when the run has ended
        _lines = observed.Recorder.lines

        def lines(self: observed.Recorder) -> list[str]:
            again = observed.Recorder()
            for line in _decoded(_lines(self)):
                try:
                    again.ask(*line)
                except OSError:
                    continue
            return _lines(again)

        observed.Recorder.lines = lines  # type: ignore[method-assign]  # the test replaces it
        return
    questions = {
        "contents": "u",
        "headers": "h",
        "names": "n",
        "kinds": "n",
        "links": "k",
        "targets": "K",
        "real paths": "p",
    }
    question = questions[part]

    def blind(path: str) -> bytes:
        if part != "kinds":
            return b""
        names = seeing["n"](path).split(b"\0")
        return b"\0".join(names[::2])

    blinded = {**seeing, question: blind}
    _ask = observed.Recorder.ask

    def ask(self: observed.Recorder, question: str, path: str) -> bytes:
        observed._ANSWERS.update(blinded)
        try:
            _ask(self, question, path)
        finally:
            observed._ANSWERS.update(seeing)
        return observed._ANSWERS[question](path)

    observed.Recorder.ask = ask  # type: ignore[method-assign]  # the test replaces it
    _note = observed.note

    def note(path: Any, answer: bytes | Exception, *, follow: bool) -> None:
        _note(path, b"" if question == "u" else answer, follow=follow)

    observed.note = note
    _is_current = observed.is_current

    def is_current(lines: list[str]) -> bool:
        observed._ANSWERS.update(blinded)
        try:
            return _is_current(lines)
        finally:
            observed._ANSWERS.update(seeing)

    observed.is_current = is_current


def _decoded(lines: list[str]) -> Iterator[tuple[str, str]]:
    directory = ""
    for line in lines:
        if line[0] != "=":
            path = f"{directory}/{line[2:]}" if line[1] == "/" else line[2:]
            directory = path.rpartition("/")[0]
            yield line[0], path


if __name__ == "__main__":
    _serve()

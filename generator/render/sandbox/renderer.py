"""Render templates that are not part of owscale: custom templates, and the templates of a git revision.

One process renders all files of one set of templates, since starting it takes longer than rendering. It holds no state
of a file: Jinja's caches have compiled templates and filtered texts alone. After a limit was exceeded, a new process is
started.
"""

import atexit
import json
import os
import select
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import jinja2
import markupsafe

from owscale import _generated
from owscale.errors import TemplateError
from owscale.fs.hashing import content_digest
from owscale.render.sandbox import protocol
from owscale.render.template_loader import TemplateLoader

WALL_SECONDS = 30
"""Time limit for one answer in wall-clock seconds, which works on every platform."""
_MAX_FAILURES = 3  # of one template, by a limit; then it is not tried for further deployments
_MAX_PROCESSES = 2
_KEPT_VARIABLES = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")  # some installations of Python do not start without
_START = """\
import json, sys
sys.path += json.loads(sys.argv[1])
from owscale.render.sandbox.process import main
main()
"""


def _limit_hint() -> str:
    memory = protocol.MEMORY_BYTES >> 20
    return (
        f"make the template simpler: each file may take {protocol.CPU_SECONDS} s of CPU time and {memory} MiB of memory"
    )


class _ProcessError(Exception):
    """The process ended, or gave no answer in time."""


class SandboxedRenderer:
    """Renders templates in a process with limits, as `Renderer` does in this one.

    `own` has the texts of templates by name. They may include the `shipped` ones; a name without an own template is
    rendered with the shipped one. `own_shown` is the directory of the custom templates in messages.
    """

    def __init__(self, shipped: Mapping[str, str], own: Mapping[str, str] | None = None, own_shown: str = "") -> None:
        self._loader = TemplateLoader(shipped, own, own_shown)
        texts = {"shipped": dict(shipped), "own": dict(own or {})}
        self._setup = {**texts, "own_shown": own_shown, "cpu_seconds": protocol.CPU_SECONDS}
        self._digests: dict[str, str] = {}
        self._last_context: tuple[Mapping[str, Any], Any] | None = None

    @property
    def texts(self) -> Mapping[str, str]:
        """The texts of the shipped templates by name."""
        return self._loader.shipped

    @property
    def templates(self) -> tuple[str, ...]:
        """Names of the shipped templates, sorted."""
        return tuple(self._loader.shipped)

    def render(self, template: str, header: str, context: Mapping[str, Any]) -> str:
        """Return the text of a file. Raises TemplateError if the template fails or exceeds a limit."""
        if failure := _limit_failures.get((self._key, template)):
            raise failure
        try:
            answer = self._ask({"template": template, "header": header, "context": self._encoded(context)})
        except _ProcessError as error:
            self._stop()
            raise self._limit_error(template, self._loader.shown(template), str(error)) from None
        match answer:
            case {"text": str(text), "digest": str(digest)}:
                self._digests[template] = digest
                return text
            case {"place": str(place), "problem": str(problem), "hint": str(hint), "is_undefined": is_undefined}:
                if answer.get("is_limit"):
                    self._stop()
                    raise self._limit_error(template, place, problem)
                if is_undefined:
                    from owscale.render.errors import explain_undefined  # noqa: PLC0415 -- only a mistake needs it

                    problem, better_hint = explain_undefined(problem, context)
                    hint = better_hint or hint
                raise TemplateError(f"{place}: {problem}", hint=hint)
        message = f"{self._loader.shown(template)}: the template process returned no valid answer"
        raise TemplateError(
            message, hint="repeat the command; if it fails again, report it to the maintainers of owscale"
        )

    def source_digest(self, template: str) -> str:
        """Return the digest of a rendered template, together with the templates that it includes or extends."""
        return self._digests[template]

    @cached_property
    def _key(self) -> str:
        return content_digest(json.dumps(self._setup).encode())

    def _encoded(self, context: Mapping[str, Any]) -> Any:
        if self._last_context is None or self._last_context[0] is not context:
            self._last_context = context, protocol.to_json(context)
        return self._last_context[1]

    def _ask(self, request: Mapping[str, Any]) -> Any:
        process = _processes.pop(self._key, None) or _Process(self._setup)
        _processes[self._key] = process  # the last one used comes last
        while len(_processes) > _MAX_PROCESSES:
            _processes.pop(next(iter(_processes))).stop()
        return process.ask(request)

    def _stop(self) -> None:
        _processes.pop(self._key).stop()

    def _limit_error(self, template: str, place: str, problem: str) -> TemplateError:
        error = TemplateError(f"{place}: {problem}", hint=_limit_hint())
        _limit_counts[self._key, template] += 1
        if _limit_counts[self._key, template] >= _MAX_FAILURES:
            _limit_failures[self._key, template] = error
        return error


class _Process:
    """The process with one set of templates. Raises _ProcessError if it does not answer."""

    def __init__(self, setup: Mapping[str, Any]) -> None:
        # The process imports the same modules, which the record of this run must have.
        from owscale.render.sandbox import process as _process  # noqa: F401, PLC0415 -- its import is the effect

        packages = (_generated.PACKAGE, *jinja2.__path__, *markupsafe.__path__)
        paths = list(dict.fromkeys(os.path.dirname(package) for package in packages))
        self._process = subprocess.Popen(  # noqa: S603 -- this Python, with code of owscale
            [sys.executable, "-I", "-S", "-c", _START, json.dumps(paths)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ},
            start_new_session=True,  # Ctrl-C ends owscale, and its end closes the pipe
        )
        assert self._process.stdin is not None  # noqa: S101 -- for mypy: both are pipes
        assert self._process.stdout is not None  # noqa: S101 -- for mypy: both are pipes
        self._requests, self._answers = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._requests, False)
        self._unsent = protocol.encode(setup)

    def ask(self, request: Mapping[str, Any]) -> Any:
        """Send a request, and return the answer."""
        deadline = time.monotonic() + WALL_SECONDS
        self._send(self._unsent + protocol.encode(request), deadline)
        self._unsent = b""
        length = int.from_bytes(self._receive(protocol.LENGTH_BYTES, deadline), "big")
        if length > protocol.MAX_MESSAGE_BYTES:
            raise _ProcessError("the output is too long")
        try:
            return json.loads(self._receive(length, deadline))
        except (ValueError, RecursionError):
            raise _ProcessError("the template process returned no valid answer") from None

    def stop(self) -> None:
        """End the process."""
        self._process.kill()
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                stream.close()
        self._process.wait()

    def _send(self, content: bytes, deadline: float) -> None:
        rest = memoryview(content)
        while rest:
            self._wait([], [self._requests], deadline)
            try:
                rest = rest[os.write(self._requests, rest) :]
            except BrokenPipeError:
                raise self._ended() from None

    def _receive(self, length: int, deadline: float) -> bytes:
        content = bytearray()
        while len(content) < length:
            self._wait([self._answers], [], deadline)
            part = os.read(self._answers, length - len(content))
            if not part:
                raise self._ended()
            content += part
        return bytes(content)

    @staticmethod
    def _wait(readable: list[int], writable: list[int], deadline: float) -> None:
        if not any(select.select(readable, writable, [], max(0, deadline - time.monotonic()))):
            raise _ProcessError(f"takes more than {WALL_SECONDS} s")

    def _ended(self) -> _ProcessError:
        import signal  # noqa: PLC0415 -- only a failure needs it

        code = self._process.wait()
        if code in (-signal.SIGXCPU, -signal.SIGPROF):
            return _ProcessError(f"takes more than {protocol.CPU_SECONDS} s")
        if code < 0:
            return _ProcessError(f"the template process was killed by signal {-code}, probably for its memory")
        return _ProcessError(f"the template process ended with exit code {code}")


_processes: dict[str, _Process] = {}
_limit_counts: Counter[tuple[str, str]] = Counter()
_limit_failures: dict[tuple[str, str], TemplateError] = {}


@atexit.register
def stop_processes() -> None:
    """End all processes, at the end of owscale at the latest."""
    while _processes:
        _processes.popitem()[1].stop()

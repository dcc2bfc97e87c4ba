"""The process that renders templates which are not part of owscale.

It runs isolated: without the environment of owscale, in the directory `/`, with limits of the kernel on its memory, its
time, the files it may open and the processes it may start. Templates run in Jinja's sandbox, which has none of these.
Its only output is its answers.
"""

import codecs
import difflib  # noqa: F401 -- for hints: once the limits apply, the process cannot open a module
import json
import os
import pprint  # noqa: F401 -- for Jinja's filter: once the limits apply, the process cannot open a module
import signal
import sys
import textwrap  # noqa: F401 -- for Jinja's `wordwrap`: once the limits apply, the process cannot open a module
from collections.abc import Generator, Mapping
from contextlib import suppress
from typing import Any, BinaryIO, cast

import jinja2
import jinja2.constants  # for `lipsum`
import jinja2.debug  # imported now: later, the process may open no file
from jinja2.meta import find_referenced_templates
from jinja2.sandbox import ImmutableSandboxedEnvironment

from owscale.fs.hashing import content_digest
from owscale.render.environment import environment_for, indent_continuations
from owscale.render.failure import describe_failure
from owscale.render.languages import LANGUAGES, language_of
from owscale.render.sandbox import protocol
from owscale.render.template_loader import TemplateLoader

_GRACE_SECONDS = 2  # for code that no signal of Python interrupts, such as a huge power


class _LimitError(BaseException):
    """A limit was exceeded; not an Exception, since Jinja catches those while it compiles."""


class SandboxedTemplates:
    """Custom templates by name, which may include shipped ones, and Jinja's sandbox for them."""

    def __init__(self, shipped: Mapping[str, str], own: Mapping[str, str], own_shown: str) -> None:
        self._loader = TemplateLoader(shipped, own, own_shown)
        self._environments = {
            language.name: environment_for(language, self._loader, ImmutableSandboxedEnvironment)
            for language in LANGUAGES
        }

    def render(self, template: str, header: str, context: Mapping[str, Any]) -> dict[str, Any]:
        """Return the text of a file and the digest of its source, or the failure."""
        language = language_of(template)
        environment = self._environments[language.name]
        try:
            body = _limited(environment.get_template(template), context)
            text = language.header(header) + language.layout(f"\n\n{indent_continuations(body)}")
            return {"text": text, "digest": content_digest(self._sources(template, environment).encode())}
        except (Exception, _LimitError) as error:
            failure = describe_failure(error, template, self._loader)
            return failure._asdict() | {"is_limit": isinstance(error, _LimitError | MemoryError)}

    def _sources(self, template: str, environment: jinja2.Environment) -> str:
        """Return the text of a template; for an own one, also the texts of templates that it includes or extends."""
        texts: dict[str, str] = {}
        pending = [template]
        while pending:
            name = pending.pop(0)
            if name in texts:
                continue
            texts[name] = self._loader.get_source(environment, name)[0]
            if name in self._loader.own:
                pending += sorted(filter(None, find_referenced_templates(environment.parse(texts[name]))))
        return "\0".join(texts.values())


def _limited(template: jinja2.Template, context: Mapping[str, Any]) -> str:
    """Return the output of a template. Raises _LimitError inside the template if it is too long."""
    parts: list[str] = []
    length = 0
    stream = cast("Generator[str, None, None]", template.generate(context))
    for part in stream:
        parts.append(part)
        length += len(part)
        if length > protocol.MAX_FILE_CHARACTERS:
            error = _LimitError(f"its output is longer than {protocol.MAX_FILE_CHARACTERS:,} characters")
            stream.throw(error)
            raise error
    return "".join(parts)


def _time_out(_number: int, _frame: object) -> None:
    raise _LimitError(f"takes more than {protocol.CPU_SECONDS} s")


def _limit_process() -> None:
    try:
        import resource  # noqa: PLC0415 -- some platforms have none; owscale then stops the process after a time
    except ImportError:
        return
    limits = {"AS": protocol.MEMORY_BYTES, "CORE": 0, "FSIZE": 0, "NOFILE": 0, "NPROC": 0}
    for name, value in limits.items():
        with suppress(AttributeError, ValueError, OSError):  # the kernel does not have this limit
            resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (value, value))


def _start_clock() -> None:
    signal.setitimer(signal.ITIMER_PROF, protocol.CPU_SECONDS)
    with suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 -- some platforms do not have it

        used = sum(os.times()[:2])
        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        resource.setrlimit(resource.RLIMIT_CPU, (int(used) + protocol.CPU_SECONDS + _GRACE_SECONDS, hard))


def _receive(stream: BinaryIO) -> Any:
    """Return the next document; None at the end."""
    length = stream.read(protocol.LENGTH_BYTES)
    return json.loads(stream.read(int.from_bytes(length, "big"))) if length else None


def main() -> None:
    """Answer render requests until owscale closes the pipe."""
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    setup = _receive(requests)
    protocol.CPU_SECONDS = setup["cpu_seconds"]
    templates = SandboxedTemplates(setup["shipped"], setup["own"], setup["own_shown"])
    codecs.lookup("unicode_escape")  # for string literals in templates: read it while files may be opened
    _limit_process()
    signal.signal(signal.SIGPROF, _time_out)
    while (request := _receive(requests)) is not None:
        context = protocol.from_json(request["context"])
        _start_clock()
        try:
            answer = templates.render(request["template"], request["header"], context)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        answers.write(protocol.encode(answer))
        answers.flush()

"""`owscale init`: write a commented spec, its schema and a section of README.md to start from."""

import re
from pathlib import Path
from typing import NamedTuple

from owscale.cli.messages import NOTHING_WRITTEN
from owscale.cli.output import CommandResult, Output
from owscale.console.invocation import owscale_command
from owscale.errors import OwscaleError, UsageError
from owscale.fs.files import atomic_write, io_errors
from owscale.fs.untrusted import MAX_EXTRA_BYTES, read_untrusted
from owscale.spec.yaml_reader import find_specs
from owscale.workflow.reference_docs import json_schema

_TEXTS = Path(__file__).with_name("init-files")

_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_MAX_NAME_LENGTH = 32  # of an ECS service and of everything named after it
_FALLBACK_NAME = "company-chat"

_APPENDED_FILES = {
    ".gitattributes": "gitattributes",
    ".gitignore": "gitignore",
    "README.md": "README.md",
    "spec/spec.yaml": "spec.yaml",
}
"""Files that get a text appended, unless they contain it, and the files with the texts in `init-files/`."""

_SCHEMA = "spec/schema.json"
"""A generated file: an older one is replaced."""


class InitOptions(NamedTuple):
    """Options of `owscale init`."""

    folder: Path
    name: str | None


def run(options: InitOptions, _output: Output) -> CommandResult:
    """Write the files into a repository without a spec; existing text stays as it is."""
    folder = options.folder
    name = _deployment_name(options)
    specs = find_specs(folder / "spec") if (folder / "spec").is_dir() else []
    if specs := [spec for spec in specs if not _is_empty(spec)]:
        raise OwscaleError(f"{specs[0]}: exists already; {NOTHING_WRITTEN}", hint="edit it, or move it away")
    lines = []
    with io_errors(folder):
        paths = [folder / path for path in (*_APPENDED_FILES, _SCHEMA)]
        before = {path: _read(path) for path in paths}
        after = {
            folder / path: _append(before[folder / path], _text_of(file, name))
            for path, file in _APPENDED_FILES.items()
        }
        after[folder / _SCHEMA] = json_schema().encode()
        for path in sorted(paths):
            if before[path] != after[path]:
                path.parent.mkdir(parents=True, exist_ok=True)
                atomic_write(path, after[path])
                lines.append(f"  {'~' if before[path] else '+'} {path}\n")
    paths_given = [] if folder == Path() else ["--spec", str(folder / "spec"), "--out", str(folder / "out")]
    generate = owscale_command("generate", *paths_given)
    spec = folder / "spec/spec.yaml"
    lines.append(f"Edit the values marked CHANGE in {spec}, then run `{generate}`\n")
    return CommandResult(text="".join(lines))


def _text_of(file: str, name: str) -> str:
    return (_TEXTS / file).read_text(encoding="utf-8").replace("NAME", name)


def _deployment_name(options: InitOptions) -> str:
    """Return the name given with `--name`, or that of the directory if it is a valid name."""
    if options.name is None:
        name = options.folder.resolve().name.lower()
        return name if _is_valid_name(name) else _FALLBACK_NAME
    if not _is_valid_name(options.name):
        rule = f"up to {_MAX_NAME_LENGTH} lower-case letters, digits and single hyphens, and begins with a letter"
        raise UsageError(
            f"--name {options.name}: a name has {rule}", hint=f"choose another name, such as {_FALLBACK_NAME}"
        )
    return options.name


def _is_valid_name(name: str) -> bool:
    return len(name) <= _MAX_NAME_LENGTH and bool(_NAME.fullmatch(name))


def _is_empty(spec: Path) -> bool:
    """Return whether nothing would be lost if the spec were not there."""
    with io_errors(spec):
        return spec.is_file() and not read_untrusted(spec, MAX_EXTRA_BYTES).strip()


def _read(path: Path) -> bytes:
    """Return the content of a file, empty where there is none. Raises OwscaleError where none can be written."""
    if path.is_symlink():
        raise OwscaleError(f"{path}: is a symbolic link; {NOTHING_WRITTEN}", hint="replace it by a regular file")
    for folder in path.parents:
        if folder.is_symlink() and not folder.exists():
            raise OwscaleError(f"{folder}: is a symbolic link to nowhere; {NOTHING_WRITTEN}", hint="remove it")
        if folder.exists() and not folder.is_dir():
            raise OwscaleError(f"{folder}: is a file; {NOTHING_WRITTEN}", hint="move it away")
    return read_untrusted(path, MAX_EXTRA_BYTES) if path.exists() else b""


def _append(content: bytes, text: str) -> bytes:
    """Return a content with a text at its end, once, in the line endings of the content."""
    line_end = b"\r\n" if b"\r\n" in content else b"\n"
    addition = text.encode().replace(b"\n", line_end)
    if addition in content:
        return content
    gap = b"" if not content else line_end if content.endswith(b"\n") else 2 * line_end
    return content + gap + addition

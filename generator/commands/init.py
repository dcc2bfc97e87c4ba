"""`owscale init`: a repository to begin with."""

import re
from argparse import Namespace
from pathlib import Path

from generator import reference, source
from generator.errors import OwscaleError, Report, UsageError

STARTER = Path(__file__).parent.parent / "starter"

_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_LONGEST_NAME = 32  # that of an ECS service and all that is called after it
_ANY_NAME = "company-chat"

_FILES = {
    ".gitattributes": "gitattributes",
    ".gitignore": "gitignore",
    "README.md": "README.md",
    "spec/spec.yaml": "spec.yaml",
}
_OWN = "spec/schema.json"
"""Generated, so that an older one is replaced; to the others, what they lack is added at their end."""


def init(options: Namespace, report: Report) -> int:  # noqa: ARG001 -- every command takes both
    """Writes a commented spec, its schema, and a passage of README.md; what is there already stays as it is."""
    folder: Path = options.folder
    texts = {name: _starter(starter, _name(options)) for name, starter in _FILES.items()}
    specs = source.find(folder / "spec") if (folder / "spec").is_dir() else []
    if specs:
        hint = "edit it, or move it away"
        raise OwscaleError(f"{specs[0]}: is there already, and nothing was written\n  hint: {hint}")
    path = folder
    try:
        contents = {}
        for name, text in sorted((*texts.items(), (_OWN, reference.schema()))):
            path = folder / name
            contents[path] = text.encode() if name == _OWN else _added(path, text)
        for path, (before, content) in ((path, (_read(path), content)) for path, content in contents.items()):
            if before != content:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
                print(f"  {'~' if before else '+'} {path}")
    except OSError as error:
        raise OwscaleError(f"{error.filename or path}: {error.strerror}") from error
    print("Put your own values where spec/spec.yaml says CHANGE. Then: owscale generate")
    return 0


def _starter(name: str, deployment: str) -> str:
    return (STARTER / name).read_text(encoding="utf-8").replace("NAME", deployment)


def _name(options: Namespace) -> str:
    """The deployment's name: the one that was asked for, or the folder's if it can be one."""
    if options.name is None:
        own = options.folder.resolve().name.lower()
        return own if _fits(own) else _ANY_NAME
    if not _fits(options.name):
        what = f"at most {_LONGEST_NAME} lower-case letters and digits joined by single hyphens, a letter first"
        raise UsageError(f"--name {options.name}: must be {what}\n  hint: for example {_ANY_NAME}")
    return str(options.name)


def _fits(name: str) -> bool:
    return len(name) <= _LONGEST_NAME and bool(_NAME.fullmatch(name))


def _read(path: Path) -> bytes:
    """What is there, nothing where nothing is; OSError where no file can be."""
    if path.is_symlink():
        raise OwscaleError(f"{path}: is a symbolic link, which may lead anywhere, and nothing was written")
    for folder in path.parents:
        if folder.exists() and not folder.is_dir():
            raise OwscaleError(f"{folder}: is a file where a folder belongs, and nothing was written")
    return path.read_bytes() if path.exists() else b""


def _added(path: Path, text: str) -> bytes:
    """The content of a file with a text at its end, in the line ends that it has; once is enough."""
    before = _read(path)
    line_end = b"\r\n" if b"\r\n" in before else b"\n"
    added = text.encode().replace(b"\n", line_end)
    if added in before:
        return before
    gap = b"" if not before else line_end if before.endswith(b"\n") else 2 * line_end
    return before + gap + added

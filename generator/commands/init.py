"""`owscale init`: a repository to begin with."""

import re
from argparse import Namespace
from pathlib import Path

from generator import reference
from generator.errors import OwscaleError, Report, UsageError

STARTER = Path(__file__).parent.parent / "starter"

_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_LONGEST_NAME = 32  # that of an ECS service and all that is called after it
_ANY_NAME = "company-chat"


def init(options: Namespace, report: Report) -> int:  # noqa: ARG001 -- every command takes both
    """Writes a commented spec, its schema, and a passage of README.md; what is there already stays as it is."""
    folder: Path = options.folder
    texts = {name: _starter(source, _name(options)) for name, source in _FILES.items()}
    texts["spec/schema.json"] = reference.schema()
    there = [name for name in ("spec/spec.yaml", "spec/schema.json") if (folder / name).exists()]
    if there:
        raise OwscaleError(
            f"{folder / there[0]}: is there already, and nothing was written\n  hint: edit it, or move it away"
        )
    try:
        for name, text in sorted(texts.items()):
            _write(folder / name, text)
    except OSError as error:
        raise OwscaleError(f"{error.filename}: {error.strerror}") from error
    print("Put your own values where spec/spec.yaml says CHANGE. Then: owscale generate")
    return 0


_FILES = {
    ".gitattributes": "gitattributes",
    ".gitignore": "gitignore",
    "README.md": "README.md",
    "spec/spec.yaml": "spec.yaml",
}


def _starter(source: str, name: str) -> str:
    return (STARTER / source).read_text(encoding="utf-8").replace("NAME", name)


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


def _write(path: Path, text: str) -> None:
    """A new file; to one that is there, what it lacks is added at its end."""
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    if text in before:
        return
    gap = "" if not before else "\n" if before.endswith("\n") else "\n\n"
    path.write_text(before + gap + text, encoding="utf-8", newline="\n")
    print(f"  {'~' if before else '+'} {path}")

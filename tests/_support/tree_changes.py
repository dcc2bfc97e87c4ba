"""Changes of a project on disk that a cached result must not hide, each a name and a number that chooses its target."""

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

Change = tuple[str, int]
"""The name of a change, and the number of its target."""


def apply(change: Change, root: Path) -> None:
    """Make a change below the directory of a project; nothing happens where an earlier change stands in its way."""
    name, target = change
    with suppress(OSError, IndexError, ZeroDivisionError):
        CHANGES[name](root, target)


def _files(root: Path) -> list[Path]:
    """Return the files that are changed: specs and custom files, which are few, as often as generated ones."""
    own = [path for folder in ("spec", "other") for path in sorted((root / folder).rglob("*"))]
    output = sorted(path for path in (root / "out").rglob("*") if path.suffix != ".hcl")
    own, output = ([path for path in paths if path.is_file() or path.is_symlink()] for paths in (own, output))
    return [*(own * (len(output) // len(own) if own else 0)), *output]


def _directories(root: Path) -> list[Path]:
    top = [root / name for name in ("spec", "out", "spec/extra")]
    return [*top, *sorted(path for path in (root / "out").rglob("*") if path.is_dir() and not path.is_symlink())]


def _file(root: Path, target: int) -> Path:
    files = _files(root)
    return files[target % len(files)]


def _directory(root: Path, target: int) -> Path:
    directories = [path for path in _directories(root) if path.is_dir()]
    return directories[target % len(directories)]


def _edit(root: Path, target: int) -> None:
    """Change one byte, and keep size, times and inode."""
    path = _file(root, target)
    content, status = path.read_bytes(), path.stat()
    index = content.rindex(b"e") if b"e" in content else len(content) - 1
    with path.open("r+b") as file:
        file.seek(index)
        file.write(b"i" if content[index : index + 1] != b"i" else b"e")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def _append(root: Path, target: int) -> None:
    with _file(root, target).open("ab") as file:
        file.write(b"# more\n")


def _set_value(root: Path, target: int) -> None:
    """Change the size of a service, as an editor saves it: in a new file."""
    specs = sorted((root / "spec").glob("*.yaml"))
    path = specs[target % len(specs)]
    text = path.read_text()
    old, new = ("10.8.", "10.9.") if "10.8." in text else ("10.9.", "10.8.")
    (path.parent / ".saved").write_text(text.replace(old, new))
    (path.parent / ".saved").rename(path)


def _move_clock(root: Path, target: int) -> None:
    os.utime(_file(root, target), (target * 1000, target * 1000))


def _remove(root: Path, target: int) -> None:
    _file(root, target).unlink()


def _to_directory(root: Path, target: int) -> None:
    path = _file(root, target)
    path.unlink()
    path.mkdir()


def _unread_to_directory(root: Path, target: int) -> None:
    """Put a directory in the place of a file of which only the name and the kind matter."""
    files = [path for path in sorted((root / "out").rglob("own*.txt")) if path.is_file()]
    path = files[target % len(files)]
    path.unlink()
    path.mkdir()


def _to_fifo(root: Path, target: int) -> None:
    path = _file(root, target)
    path.unlink()
    os.mkfifo(path)


def _to_link(root: Path, target: int) -> None:
    """Move a file away, and put a link to it in its place: the content is the same."""
    _move(root, _file(root, target))


def _directory_to_link(root: Path, target: int) -> None:
    _move(root, _directory(root, target))


def _move(root: Path, path: Path) -> None:
    (root / "moved/deep").mkdir(parents=True, exist_ok=True)
    new = root / "moved/deep" / f"{len(os.listdir(root / 'moved/deep'))}-{path.name}"
    path.rename(new)
    path.symlink_to(new)


def _move_linked_output(root: Path, target: int) -> None:
    """Move the directory that `out` is a link to; generated files name their spec relative to it."""
    real = (root / "out").readlink()
    new = root / ("store/out", "store/deep/out", "out-2")[target % 3]
    new.parent.mkdir(exist_ok=True)
    (root / real).rename(new)
    (root / "out").unlink()
    (root / "out").symlink_to(new.relative_to(root))


def _custom_to_link(root: Path, target: int) -> None:  # noqa: ARG001 -- every change of a tree has these parameters
    _move(root, root / "spec/extra")


def _retarget(root: Path, target: int) -> None:
    links = [path for path in sorted(root.rglob("*")) if path.is_symlink()]
    path = links[target % len(links)]
    path.unlink()
    path.symlink_to(root / ("other" if target % 2 else "spec/second.yaml"))


def _to_empty(root: Path, target: int) -> None:
    _file(root, target).write_bytes(b"")


def _add_file(root: Path, target: int) -> None:
    name = ("notes.txt", "more.tf", "more.yaml", ".hidden", "MAIN.tf", "a\nb.txt")[target % 6]
    (_directory(root, target // 6) / name).write_text("# mine\n")


def _add_directory(root: Path, target: int) -> None:
    (_directory(root, target // 2) / ("empty", "empty.yaml")[target % 2]).mkdir()


def _add_bytecode(root: Path, target: int) -> None:
    folder = _directory(root, target) / "__pycache__"
    folder.mkdir()
    (folder / "main.cpython-311.pyc").write_bytes(b"\0")


def _add_header(root: Path, target: int) -> None:
    """Give an unmanaged file the header of a generated one, of which only the beginning is read."""
    files = [path for path in sorted((root / "out").rglob("own*.md")) if path.is_file()]
    path = files[target % len(files)]
    header = f"# Generated from spec/{'x' * (target % 3)}.yaml by templates/x.md.j2. Do not edit."
    path.write_text(header + path.read_text()[len(header) :])


def _add_leftover(root: Path, target: int) -> None:
    """Add a deployment of a spec that is still there, is gone, or belongs to another project."""
    spec = ("spec/spec.yaml", "spec/gone.yaml", "other/spec.yaml")[target % 3]
    folder = root / "out/minimal" / f"old{target % 2}"
    folder.mkdir()
    (folder / ".owscale.sums").write_text(f"owscale 1\nspec {'0' * 32} {spec}\n")


def _add_journal(root: Path, target: int) -> None:
    (root / "out/.owscale").mkdir(exist_ok=True)
    if target % 2:
        (root / "out/.owscale/journal").write_text(f"{'0' * 32} minimal/production/main.tf\n")


def _remove_directory(root: Path, target: int) -> None:
    shutil.rmtree(_directory(root, target))


def _add_nearer_project(root: Path, target: int) -> None:
    """Add a project above the folder `below/deep`, with or without a spec."""
    (root / "below/spec").mkdir()
    if target % 2:
        (root / "below/spec/spec.yaml").write_text("# nearer\n")


def _give_away(root: Path, target: int) -> None:
    """Give the specs to another user, which root alone can do."""
    os.chown(root / "spec", 1 + target % 2, -1)


CHANGES: dict[str, Callable[[Path, int], None]] = {
    function.__name__.lstrip("_"): function
    for function in (
        _edit,
        _append,
        _set_value,
        _move_clock,
        _remove,
        _to_directory,
        _unread_to_directory,
        _to_fifo,
        _to_link,
        _directory_to_link,
        _move_linked_output,
        _custom_to_link,
        _retarget,
        _to_empty,
        _add_file,
        _add_directory,
        _add_bytecode,
        _add_header,
        _add_leftover,
        _add_journal,
        _remove_directory,
        _add_nearer_project,
        _give_away,
    )
}

"""Writes the files of a pack just as safely as owscale does: each is written beside its place, and renamed into it.

A pack is a sequence of marshalled mappings of paths to contents, one a deployment, so that only one is in memory.
"""

import marshal
import sys
from pathlib import Path


def pack(out: Path, to: Path) -> None:
    """Writes the pack of everything that stands under `out`."""
    with to.open("wb") as file:
        for deployment in sorted(out.iterdir()):
            files = sorted(path for path in deployment.rglob("*") if path.is_file())
            marshal.dump({str(path.relative_to(out)): path.read_bytes() for path in files}, file)


def unpack(pack_file: Path, out: Path) -> int:
    """Writes what is in a pack under `out`, a folder at a time, and returns how many files that are."""
    written = 0
    with pack_file.open("rb") as file:
        while file.peek(1):
            files: dict[str, bytes] = marshal.load(file)  # noqa: S302 -- the pack that was made above
            for path, content in files.items():
                place = out / path
                place.parent.mkdir(parents=True, exist_ok=True)
                beside = place.with_name(f".{place.name}.new")
                beside.write_bytes(content)
                beside.replace(place)
            written += len(files)
    return written


if __name__ == "__main__":
    print(f"{unpack(Path(sys.argv[1]), Path(sys.argv[2]))} files written")

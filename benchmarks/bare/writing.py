"""Write the files of a pack as safely as owscale does: each is written beside its place, and renamed into it.

A pack is a sequence of marshalled mappings of paths to contents, one per deployment, so that only one is in memory.
"""

import marshal
import sys
from pathlib import Path


def pack(out: Path, pack_file: Path) -> None:
    """Write the pack of all files under `out`."""
    with pack_file.open("wb") as file:
        for deployment in sorted(out.iterdir()):
            files = sorted(path for path in deployment.rglob("*") if path.is_file())
            marshal.dump({str(path.relative_to(out)): path.read_bytes() for path in files}, file)


def unpack(pack_file: Path, out: Path) -> int:
    """Write the files of a pack under `out`, and return their number."""
    written = 0
    with pack_file.open("rb") as file:
        while file.peek(1):
            files: dict[str, bytes] = marshal.load(file)  # noqa: S302 -- a pack of the function above
            for path, content in files.items():
                target = out / path
                target.parent.mkdir(parents=True, exist_ok=True)
                temporary = target.with_name(f".{target.name}.new")
                temporary.write_bytes(content)
                temporary.replace(target)
            written += len(files)
    return written


if __name__ == "__main__":
    print(f"{unpack(Path(sys.argv[1]), Path(sys.argv[2]))} files written")

"""Read and hash the specs and the output, the least work that can show that nothing has changed."""

import hashlib
import os
import sys
from pathlib import Path


def hash_files(*directories: str) -> int:
    """Hash every file below the directories, and return their number."""
    files = [
        Path(parent, name) for directory in directories for parent, _, names in os.walk(directory) for name in names
    ]
    for path in files:
        hashlib.sha256(path.read_bytes()).digest()
    return len(files)


if __name__ == "__main__":
    print(f"{hash_files(*sys.argv[1:])} files hashed")

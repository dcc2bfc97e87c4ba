"""Reads and hashes the specs and the output: the least that it takes to know that nothing has changed."""

import hashlib
import os
import sys
from pathlib import Path


def hashed(*folders: str) -> int:
    """Hashes every file below the folders, and returns how many they are."""
    files = [Path(parent, name) for folder in folders for parent, _, names in os.walk(folder) for name in names]
    for path in files:
        hashlib.sha256(path.read_bytes()).digest()
    return len(files)


if __name__ == "__main__":
    print(f"{hashed(*sys.argv[1:])} files hashed")

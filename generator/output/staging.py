"""Write the files of a deployment into a staging directory, and move them to their places.

As in directory.py, paths are text: a large run has fifty thousand files, and creating a Path takes longer than a
rename.
"""

import os
from collections.abc import Iterable
from contextlib import suppress


def stage_files(directory: str, files: Iterable[tuple[str, bytes]]) -> None:
    """Write files into a directory, and create it where it is missing."""
    created: set[str] = set()
    for name, content in files:
        path = f"{directory}/{name}"
        if (parent := os.path.dirname(path)) not in created:
            os.makedirs(parent, exist_ok=True)
            created.add(parent)
        with open(path, "wb") as file:
            file.write(content)


def is_free(path: str) -> bool:
    """Return whether nothing is at a path, not even a broken link."""
    return not os.path.lexists(path)


def move(source: str, target: str) -> None:
    """Move a file to the place of another one, or a directory to a free place."""
    try:
        os.replace(source, target)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.replace(source, target)


def remove_file(path: str, top: str) -> None:
    """Remove a file, and the directories below `top` that this leaves empty."""
    with suppress(FileNotFoundError):
        os.remove(path)
    remove_empty(os.path.dirname(path), top)


def remove_empty(directory: str, top: str) -> None:
    """Remove a directory and its parents below `top`, as far as they are empty."""
    while directory != top and not os.listdir(directory):
        os.rmdir(directory)
        directory = os.path.dirname(directory)


def target_directories(directory: str, names: Iterable[str]) -> set[str]:
    """Return the existing directories that files of a directory are moved into, or the nearest ones above."""
    targets = {directory} if is_free(directory) else {os.path.dirname(f"{directory}/{name}") for name in names}
    return {nearest_existing(target) for target in targets}


def nearest_existing(directory: str) -> str:
    """Return a directory or, where it is missing, the nearest one above it."""
    while not os.path.exists(directory):
        directory = os.path.dirname(directory)
    return directory

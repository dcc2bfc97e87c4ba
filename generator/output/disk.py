"""A deployment's files laid ready, and put in their places.

As in tree.py, paths are text: a large run has fifty thousand files, and a Path for each takes longer than its rename.
"""

import os
from collections.abc import Iterable
from contextlib import suppress


def lay(folder: str, files: Iterable[tuple[str, bytes]]) -> None:
    """Writes files into a folder, which may not be there yet."""
    there: set[str] = set()
    for name, content in files:
        path = f"{folder}/{name}"
        if (above := os.path.dirname(path)) not in there:
            os.makedirs(above, exist_ok=True)
            there.add(above)
        with open(path, "wb") as file:
            file.write(content)


def is_free(path: str) -> bool:
    return not os.path.lexists(path)


def move(path: str, place: str) -> None:
    """Puts a file in the place of another, or a folder where none is."""
    try:
        os.replace(path, place)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(place), exist_ok=True)
        os.replace(path, place)


def remove(path: str, top: str) -> None:
    """Removes a file, and the folders below `top` that this leaves empty."""
    with suppress(FileNotFoundError):
        os.remove(path)
    while (path := os.path.dirname(path)) != top and not os.listdir(path):
        os.rmdir(path)


def standing(place: str, names: Iterable[str]) -> set[str]:
    """The folders that files of a folder would go into or, where these are not there, the nearest above."""
    folders = {place} if is_free(place) else {os.path.dirname(f"{place}/{name}") for name in names}
    return {_nearest(folder) for folder in folders}


def _nearest(folder: str) -> str:
    while not os.path.exists(folder):
        folder = os.path.dirname(folder)
    return folder

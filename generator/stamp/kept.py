"""Keeping an answer."""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import chain
from typing import NamedTuple

from generator import cache
from generator.stamp import answer, parts

_CLOCK_NS = 20_000_000
"""The clock of a file system may be behind by a tick of the kernel's, at most 10 ms."""
_MOST = 100


class Basis(NamedTuple):
    """What an answer hangs on: the parts that were read, by a run that started at that time (ns).

    `known` has the digests of parts that are as they should be, but for the files of `strangers`, which stand there.
    """

    read: list[str]
    known: Mapping[str, str]
    strangers: list[str]
    started: int


def keep(answers: Mapping[tuple[str, ...], tuple[str, str]], basis: Basis) -> None:
    """Keeps what each command, by its words, says on stdout and on stderr, while its basis stays as it is.

    Nothing is kept if a file of which nothing is known was changed since the run started, for then nobody knows what
    it held when it was read.
    """
    with suppress(OSError):  # what cannot be kept is worked out again
        if any(at > basis.started - _CLOCK_NS for at in _changes(basis)):
            return
        read = [text for part in basis.read for text in (part, basis.known.get(part) or parts.digest(part))]
        for words, said in answers.items():
            text = "\0".join((*said, *read))
            content = f"{parts.hashed(text)}\0{text}"  # whoever reads it can tell that it is whole
            cache.keep(answer.name(list(words)), content.encode("utf-8", "surrogateescape"), _MOST)


def _changes(basis: Basis) -> Iterator[int]:
    """When each file of which nothing is known was last changed, in ns."""
    unknown = [part for part in basis.read if part not in basis.known]
    folders = (part for part in unknown if part[0] in (parts.CODE, parts.FILES, parts.TREE))
    for _, entry in chain.from_iterable(map(parts.entries, folders)):
        yield entry.stat(follow_symlinks=False).st_ctime_ns
    for path in chain(basis.strangers, (part[1:] for part in unknown if part[0] == parts.FILE)):
        with suppress(FileNotFoundError):
            yield os.stat(path).st_ctime_ns

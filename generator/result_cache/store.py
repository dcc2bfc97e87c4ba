"""Store the output of a run together with the digests of its inputs."""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import chain
from typing import NamedTuple

from owscale.result_cache import directory, fingerprint, lookup

_CLOCK_TOLERANCE_NS = 20_000_000
"""The clock of a file system may be behind by a tick of the kernel, at most 10 ms."""
_MAX_ENTRIES = 100


class Fingerprint(NamedTuple):
    """The inputs of a result: what a run that started at a time (ns) has read.

    `known` has the digests of inputs whose expected content the run has computed. `unmanaged` are the files among
    them with a content of their own.
    """

    read: list[str]
    known: Mapping[str, str]
    unmanaged: list[str]
    started: int


def save(words: list[str], printed: tuple[str, str], inputs: Fingerprint) -> None:
    """Store what a command line printed on stdout and stderr, to be used while its inputs stay as they are.

    Nothing is stored if a file of unknown content has changed since the run started: it may have read the old content.
    """
    with suppress(OSError):  # a result that cannot be stored is computed again
        if any(time > inputs.started - _CLOCK_TOLERANCE_NS for time in _change_times(inputs)):
            return
        read = [text for part in inputs.read for text in (part, inputs.known.get(part) or fingerprint.digest(part))]
        text = "\0".join((*printed, *read))
        content = f"{fingerprint.hashed(text)}\0{text}"  # the checksum shows a reader that the entry is complete
        directory.write_entry(lookup.entry_name(words), content.encode("utf-8", "surrogateescape"), _MAX_ENTRIES)


def _change_times(inputs: Fingerprint) -> Iterator[int]:
    """Yield when each file of unknown content last changed, in ns."""
    unknown = [part for part in inputs.read if part not in inputs.known]
    folders = (part for part in unknown if part[0] in (fingerprint.CODE, fingerprint.FILES, fingerprint.TREE))
    for _, entry in chain.from_iterable(map(fingerprint.entries, folders)):
        yield entry.stat(follow_symlinks=False).st_ctime_ns
    for path in chain(inputs.unmanaged, (part[1:] for part in unknown if part[0] == fingerprint.FILE)):
        with suppress(FileNotFoundError):
            yield os.stat(path).st_ctime_ns

"""Templates as Jinja compiled them, kept for the next run: those of a language in one file.

Its name is a digest of all that shapes the code, so that an entry fits or is not found, and none is ever changed.
"""

import functools
import hashlib
import marshal
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import CodeType

import jinja2
from jinja2.bccache import Bucket

from generator import __version__, cache

VERSIONS = f"{__version__} {jinja2.__version__} {sys.version}"

_MOST_KEPT = 16
"""Sets of templates, two for each version of them that is in use; some 200 kB each."""
_DIGEST_SIZE = hashlib.sha256().digest_size


def key(texts: Mapping[str, str], shaping: Iterable[bytes], versions: str = VERSIONS) -> str:
    """What identifies a set of templates compiled.

    `texts` are the templates by name; `shaping` is the source of all that Jinja calls while it compiles, and of the
    options of its environments; `versions` are those of owscale, Jinja and Python.
    """
    digest = hashlib.sha256(versions.encode())
    for name, text in sorted(texts.items()):
        digest.update(f"\0{name}\0{text}".encode())
    for source in shaping:
        digest.update(b"\0\0" + source)
    return digest.hexdigest()


class Bytecode(jinja2.BytecodeCache):
    """The compiled templates of one key, which are in `files`; without a folder for them, those of this process.

    What is in other files is compiled each time: the key does not know them.
    """

    def __init__(self, key: str, files: frozenset[str]) -> None:
        folder = cache.folder()
        self._name = f"templates-{key}"
        self._files = files
        self._codes = _read(f"{folder}/{self._name}") if folder else {}

    @property
    def empty(self) -> bool:
        """Whether it has all still to be compiled."""
        return not self._codes

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """For Jinja: the file alone, since one may go by several names."""
        return filename or name

    def get_source_checksum(self, source: str) -> str:  # noqa: ARG002 -- Jinja's
        """For Jinja: nothing, for the key of the whole set has it."""
        return ""

    def load_bytecode(self, bucket: Bucket) -> None:
        """For Jinja: the code of one template, if it is known."""
        bucket.code = self._codes.get(bucket.key)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """For Jinja: remembers what was compiled; `save` keeps it."""
        if bucket.code and bucket.key in self._files:
            self._codes[bucket.key] = bucket.code

    def save(self) -> None:
        """Keeps all that was compiled, and of other sets the latest; quietly not where it cannot be written."""
        content = marshal.dumps(self._codes)
        cache.keep(self._name, hashlib.sha256(content).digest() + content, _MOST_KEPT)


@functools.lru_cache(maxsize=_MOST_KEPT)
def bytecode(key: str, files: frozenset[str]) -> Bytecode:
    """The same for all renderers of a process that have the same templates."""
    return Bytecode(key, files)


def _read(path: str) -> dict[str, CodeType]:
    try:
        read = memoryview(Path(path).read_bytes())
    except OSError:
        return {}
    digest, content = read[:_DIGEST_SIZE], read[_DIGEST_SIZE:]
    if digest != hashlib.sha256(content).digest():  # cut short, or damaged
        return {}
    codes: dict[str, CodeType] = marshal.loads(content)  # noqa: S302 -- cache.folder() says whose it is
    return codes

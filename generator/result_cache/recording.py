"""Record a run: the modules outside the standard library, and all files that it reads; then store its output."""

import os
import sys
from contextlib import suppress
from importlib import machinery

from owscale.fs import observed
from owscale.result_cache import lookup

TYPE_CHECKING = False  # typing takes its time to import
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

_STANDARD_LIBRARY = os.path.dirname(os.__file__)


def start() -> None:
    """Record every later read of this process, which has just started."""
    observed.record(observed.Recorder())
    sys.path_hooks.insert(0, _RecordingFinder)
    sys.path_importer_cache.clear()
    for name, module in list(sys.modules.items()):  # they were read a moment ago
        file = str(getattr(module, "__file__", None))
        if file.endswith(".py") and not _is_standard(file):
            _RecordingLoader(name, file).get_code(name)
    with suppress(OSError):  # Python has read it, and it may be none
        observed.read_bytes(getattr(sys.modules["__main__"], "__file__", ""))


def save(words: list[str], out: str, err: str) -> None:
    """Store the stdout and stderr of a recorded run. A run without a record is not stored."""
    recorder = observed.recorder()
    observed.record(None)
    if recorder and "\0" not in out + err:
        with suppress(OSError):  # the output is computed again
            lookup.write_entry(lookup.entry_file(words), [out, err, *recorder.lines])


class _RecordingLoader(machinery.SourceFileLoader):
    """Reads modules as Python does, and records their bytecode or source, and the facts that decide between the two."""

    def path_stats(self, path: str) -> "Mapping[str, int]":
        mtime, size = observed.module_status(path)
        return {"mtime": mtime, "size": size}

    def get_data(self, path: str) -> bytes:
        return observed.read_bytes(path)


class _RecordingFinder(machinery.FileFinder):
    """Finds modules as Python does, and records the names in the directory, and which files a library has.

    Python itself goes on with the standard library, which counts by its version, and with a ZIP file.
    """

    def __init__(self, path: str) -> None:
        is_standard, names = _is_standard(path), []
        try:
            if not is_standard or path in sys.path:
                names = observed.scan(path)
        except OSError as error:
            with suppress(OSError):
                observed.read_bytes(path)  # a ZIP file, which can have modules too
            raise ImportError from error
        if is_standard:
            raise ImportError
        super().__init__(
            path,
            (machinery.ExtensionFileLoader, machinery.EXTENSION_SUFFIXES),
            (_RecordingLoader, machinery.SOURCE_SUFFIXES),
            (machinery.SourcelessFileLoader, machinery.BYTECODE_SUFFIXES),
        )
        self._metadata = [name for name, _ in names if name.endswith(".dist-info")]

    def find_spec(self, fullname: str, target: "ModuleType | None" = None) -> "machinery.ModuleSpec | None":
        spec = super().find_spec(fullname, target)
        library = fullname.partition(".")[0]
        if spec and spec.submodule_search_locations and library == fullname:
            self._observe_library(library)
        elif spec and not isinstance(spec.loader, _RecordingLoader) and library in (fullname, "owscale"):
            observed.read_bytes(str(spec.origin))
        return spec

    def _observe_library(self, package: str) -> None:
        """Observe the record that pip keeps of a library: it has a digest of each file; all files if there is none.

        It covers files other than modules: those in machine code, which are large, and data.
        """
        for name in self._metadata:
            if package in name.lower():  # such as pyyaml-6.0.3.dist-info of yaml
                with suppress(OSError):
                    if f"\n{package}/" in f"\n{observed.read_text(f'{self.path}/{name}/RECORD')}":
                        return
        from owscale.fs.walk import walk  # noqa: PLC0415 -- few libraries have no record

        for file, kind in walk(f"{self.path}/{package}"):
            if kind != observed.DIRECTORY:
                with suppress(OSError):
                    observed.read_bytes(f"{self.path}/{package}/{file}")


def _is_standard(path: str) -> bool:
    below = path.removeprefix(_STANDARD_LIBRARY)
    return below != path and not below.startswith(("/site-packages", "/dist-packages"))

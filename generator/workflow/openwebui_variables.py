"""Write the files of `domain/openwebui/` about the environment variables that each release of Open WebUI reads.

`variables.json` has the variables, and `database_settings.json` the ones that set only the first value of a setting in
the database. The command is `python -m owscale.workflow.openwebui_variables WHEEL…`, for maintainers. Releases that the
files already have stay: a new release needs its own wheel only.
"""

import json
import re
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

from owscale.console.versions import version_numbers
from owscale.domain.openwebui import database_settings
from owscale.domain.openwebui.read_variables import FILE, read_variables, releases_read
from owscale.fs.files import atomic_write
from owscale.workflow.openwebui_settings import settings_of_package
from owscale.workflow.openwebui_source import variables_of_module

_WHEEL = re.compile(r"open_webui-(?P<release>\d+\.\d+\.\d+)-[^/]*\.whl$")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]+")


def main(wheels: list[str], folder: Path = FILE.parent) -> None:
    """Add the releases of the given wheels to the files of a folder."""
    packages = {_release(wheel): modules_of_wheel(wheel) for wheel in wheels}
    _add_releases(folder / FILE.name, {release: variables_of_package(package) for release, package in packages.items()})
    _add_releases(
        folder / database_settings.FILE.name,
        {release: settings_of_package(package) for release, package in packages.items()},
    )


def _add_releases(file: Path, found: Mapping[str, Mapping[str, str]]) -> None:
    """Add the variables of releases, each with its detail. The newest release that has a variable gives the detail."""
    known = read_variables(file)
    names = {
        release: {name for name, read in known.items() if release in read.releases} for release in releases_read(file)
    }
    details = {name: read.detail for name, read in known.items()}
    for release in sorted(found, key=version_numbers):
        names[release] = set(found[release])
        is_newest = release == max(names, key=version_numbers)
        details = details | dict(found[release]) if is_newest else dict(found[release]) | details
    ordered = sorted(names, key=version_numbers)
    variables = {name: [_ranges(name, ordered, names), details[name]] for name in sorted(set().union(*names.values()))}
    lines = (f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in variables.items())
    text = f'{{\n "releases": {json.dumps(ordered)},\n "variables": {{\n' + ",\n".join(lines) + "\n }\n}\n"
    atomic_write(file, text.encode())


def _release(wheel: str) -> str:
    match = _WHEEL.search(wheel)
    if match is None:
        raise SystemExit(f"{wheel}: not a wheel of open-webui")
    return match["release"]


def _ranges(name: str, releases: list[str], names: dict[str, set[str]]) -> list[list[str]]:
    """Return the runs of releases that read a variable, each as its first and last release."""
    runs: list[list[str]] = []
    previous_reads = False
    for release in releases:
        reads = name in names[release]
        if reads and previous_reads:
            runs[-1][1] = release
        elif reads:
            runs.append([release, release])
        previous_reads = reads
    return runs


def modules_of_wheel(wheel: str) -> dict[str, str]:
    """Return the source of each module of a wheel by its path.

    env.py and config.py come first: other modules read few variables, and some of the same.
    """
    with zipfile.ZipFile(wheel) as archive:
        paths = [path for path in archive.namelist() if path.endswith(".py") and "/test/" not in path]
        paths.sort(key=lambda path: (path.count("/"), path != "open_webui/env.py", path))
        return {path.removeprefix("open_webui/"): archive.read(path).decode() for path in paths}


def variables_of_package(modules: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that a package reads, each with the module that reads it first."""
    found: dict[str, str] = {}
    for path, source in modules.items():
        for name in variables_of_module(source):
            if _VARIABLE.fullmatch(name):
                found.setdefault(name, path)
    return found


if __name__ == "__main__":
    main(sys.argv[1:])

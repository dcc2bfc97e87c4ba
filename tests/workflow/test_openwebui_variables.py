"""The variables that the modules of a wheel read."""

import zipfile
from pathlib import Path

import pytest

from owscale.domain.openwebui.read_variables import read_variables, releases_read
from owscale.workflow.openwebui_variables import main, variables_of_module


def wheel(folder: Path, release: str, **modules: str) -> str:
    """Write a wheel with the given modules, and return its path."""
    path = folder / f"open_webui-{release}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, source in modules.items():
            archive.writestr(f"open_webui/{name.replace('__', '/')}.py", source)
    return str(path)


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("import os\nA = os.getenv('PORT', '1')", {"PORT"}),
        ("from os import getenv\nA = getenv('PORT')", {"PORT"}),
        ("import os\nA = os.environ.get('PORT', os.environ['HOST'])", {"PORT", "HOST"}),
        ("import os\nA = 'PORT' in os.environ", {"PORT"}),
        ("import os\ndef number(name, default): return int(os.getenv(name))\nA = number('PORT', 1)", {"PORT"}),
        ("import os\ndef all():\n for name in {'HSTS': 1, 'PORT': 2}:\n  os.environ.get(name)", {"HSTS", "PORT"}),
        ("A = {'PORT': 1}.get('PORT')", set()),
    ],
)
def test_every_way_to_read_a_variable_is_found(source: str, names: set[str]) -> None:
    assert set(variables_of_module(source)) == names


def test_releases_are_added_in_any_order(tmp_path: Path) -> None:
    file = tmp_path / "variables.json"
    old = wheel(tmp_path, "0.9.0", env="import os\nA = os.getenv('PORT'), os.getenv('FONTS_DIR'), os.getenv('lower')")
    middle = wheel(
        tmp_path, "0.10.0", env="import os\nA = os.getenv('FONTS_DIR')", test__x="import os\nos.getenv('X1')"
    )
    new = wheel(tmp_path, "0.10.1", config="import os\nA = os.getenv('PORT')")
    main([new, old], file)
    main([middle], file)
    assert releases_read(file) == ("0.9.0", "0.10.0", "0.10.1")
    variables = read_variables(file)
    assert {name: (variable.releases, variable.module) for name, variable in variables.items()} == {
        "FONTS_DIR": (("0.9.0", "0.10.0"), "env.py"),
        "PORT": (("0.9.0", "0.10.1"), "config.py"),
    }
    content = file.read_bytes()
    main([middle], file)
    assert file.read_bytes() == content


def test_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="not a wheel of open-webui"):
        main(["open-webui.tar.gz"], tmp_path / "variables.json")

"""The variables that the modules of a wheel read."""

import zipfile
from pathlib import Path

import pytest

from owscale.domain.openwebui.read_variables import read_variables, releases_read
from owscale.workflow.openwebui_settings import settings_of_package
from owscale.workflow.openwebui_source import variables_of_module
from owscale.workflow.openwebui_variables import main


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
    main([new, old], tmp_path)
    main([middle], tmp_path)
    assert releases_read(file) == ("0.9.0", "0.10.0", "0.10.1")
    variables = read_variables(file)
    assert {name: (variable.releases, variable.detail) for name, variable in variables.items()} == {
        "FONTS_DIR": (("0.9.0", "0.10.0"), "env.py"),
        "PORT": (("0.9.0", "0.10.1"), "config.py"),
    }
    assert releases_read(tmp_path / "database_settings.json") == ("0.9.0", "0.10.0", "0.10.1")
    content = file.read_bytes()
    main([middle], tmp_path)
    assert file.read_bytes() == content


def test_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="not a wheel of open-webui"):
        main(["open-webui.tar.gz"], tmp_path)


@pytest.mark.parametrize(
    ("config", "settings"),
    [
        ("A = PersistentConfig('A', 'ui.a', os.environ.get('A', ''))", {"A": "ui.a"}),
        ("A = ConfigVar('A', 'ui.a', os.getenv('A'))", {"A": "ui.a"}),
        ("A = os.getenv('A')\nDEFAULT_CONFIG = {'ui.a': A}", {"A": "ui.a"}),
        ("A = os.getenv('A') or os.getenv('OLD')\nDEFAULT_CONFIG = {'ui.a': A}", {"A": "ui.a", "OLD": "ui.a"}),
        ("try:\n  A = int(os.getenv('A'))\nexcept ValueError:\n  A = 1\nDEFAULT_CONFIG = {'ui.a': A}", {"A": "ui.a"}),
        ("A = os.getenv('A')\nA = A.split(',')\nA = ConfigVar('A', 'ui.a', A)", {"A": "ui.a"}),
        ("A = {}\nA['x'] = os.getenv('A')\nDEFAULT_CONFIG = {'ui.a': A}", {"A": "ui.a"}),
        ("A = os.getenv('A')\nDEFAULT_CONFIG = {'oauth.a': A, 'ui.a': A}", {"A": "ui.a"}),
        ("A = ConfigVar('A', 'ui.a', os.getenv('A'))\nB = ConfigVar('B', 'ui.b', A.value)", {"A": "ui.a"}),
        ("A = os.getenv('A')", {}),
    ],
)
def test_every_way_to_seed_a_setting_is_found(config: str, settings: dict[str, str]) -> None:
    assert settings_of_package({"config.py": f"import os\n{config}"}) == settings


@pytest.mark.parametrize(
    ("module", "has_effect"),
    [
        ("import os\nos.getenv('A')", True),
        ("from open_webui.config import A\nprint(A)", True),
        ("from open_webui.config import B\nprint(B)", True),
        ("from open_webui.config import A", False),
        ("from open_webui.config import A\nConfig.get('ui.a', A)", False),
        ("from open_webui.config import A\nTABLE = {'A': ('ui.a', A)}", False),
        ("from open_webui.config import DEFAULT_CONFIG\nprint(DEFAULT_CONFIG)", False),
    ],
)
def test_variable_with_an_effect_of_its_own_is_left_out(module: str, *, has_effect: bool) -> None:
    config = "import os\nA = os.getenv('A')\nB = A * 2\nDEFAULT_CONFIG = {'ui.a': A}"
    settings = settings_of_package({"config.py": config, "main.py": module})
    assert settings == ({} if has_effect else {"A": "ui.a"})


def test_setting_object_has_the_value_of_the_database_everywhere() -> None:
    modules = {
        "config.py": "import os\nA = PersistentConfig('A', 'ui.a', os.getenv('A'))",
        "main.py": "from open_webui.config import A\nprint(A.value)",
    }
    assert settings_of_package(modules) == {"A": "ui.a"}

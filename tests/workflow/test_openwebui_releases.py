"""The schema of the releases in a wheel: revisions in order, digests of their code, and what config.py does."""

import ast
import json
import zipfile
from pathlib import Path

import pytest

from owscale.domain.openwebui.release_catalogue import schemas
from owscale.workflow.openwebui_releases import code_digest, main

CONFIG = """
def run_migrations():
    try:
        upgrade()
    except Exception as e:
        log.exception(e)
"""
RAISING = f"{CONFIG}        raise\n"
FIRST = '"""First."""\nrevision: str = "a"\ndown_revision = None\ndef upgrade(): pass\n'
SECOND = 'revision = "b"\ndown_revision = "a"\ndef upgrade() -> None:\n    "Text."\n    op.execute("one")\n'


def wheel(folder: Path, release: str, config: str, changelog: str = "", **revisions: str) -> str:
    """Write a wheel with the given revisions, and return its path."""
    path = folder / f"open_webui-{release}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("open_webui/config.py", config)
        archive.writestr("open_webui/CHANGELOG.md", changelog)
        for name, source in revisions.items():
            archive.writestr(f"open_webui/migrations/versions/{name}.py", source)
    return str(path)


def test_releases_are_added_in_any_order(tmp_path: Path) -> None:
    file = tmp_path / "catalogue.json"
    seeding = f"{RAISING}async def seed_registered_defaults():\n    await Config.rename_prefix('a', 'b')\n"
    old = wheel(tmp_path, "0.9.0", CONFIG, x_first=FIRST)
    same = wheel(tmp_path, "0.10.0", CONFIG, x_first=f"# another comment\n{FIRST.replace(': str', '')}")
    new = wheel(tmp_path, "0.10.1", seeding, x_first=FIRST.replace("pass", "op.execute('one')"), b_second_one=SECOND)
    main([new, old], file)
    main([same], file)
    found = schemas(file)
    assert list(found) == ["0.9.0", "0.10.0", "0.10.1"]
    assert [schema.head for schema in found.values()] == ["a", "a", "b"]
    assert found["0.9.0"].digests == found["0.10.0"].digests
    assert found["0.10.1"].digests["a"] != found["0.9.0"].digests["a"]
    assert [schema.raises for schema in found.values()] == [False, False, True]
    assert found["0.10.1"].at_start == ("rename_prefix", "seed_registered_defaults")
    content = json.loads(file.read_text())
    assert content["titles"] == {"a": "First", "b": "second one"}
    assert content["releases"]["0.10.0"]["digests"] == {}
    before = file.read_bytes()
    main([same], file)
    assert file.read_bytes() == before


def test_cautions_of_a_new_release_are_to_be_reviewed(tmp_path: Path) -> None:
    warning = "- ⚠️ **Migrations**: rolling updates are not supported.\n- A new button.\n"
    changelog = f"## [9.9.9] - today\n{warning}## [9.9.8] - before\n- rolling updates are fine.\n"
    reviews = main([wheel(tmp_path, "9.9.9", CONFIG, changelog, x=FIRST)], tmp_path / "catalogue.json")
    assert reviews == ["9.9.9: cautions.py has no entry for: ⚠️ **Migrations**: rolling updates are not supported."]


@pytest.mark.parametrize(
    ("revisions", "message"),
    [
        ({"x": FIRST, "y": SECOND, "z": SECOND.replace('"b"', '"c"')}, "its revisions are not one chain"),
        ({"y": SECOND}, "its revisions are not one chain"),
    ],
)
def test_other_chains_are_refused(tmp_path: Path, revisions: dict[str, str], message: str) -> None:
    file = tmp_path / "catalogue.json"
    with pytest.raises(SystemExit, match=message):
        main([wheel(tmp_path, "0.9.0", CONFIG, **revisions)], file)
    assert not file.exists()


def test_chain_that_does_not_continue_the_one_before_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "catalogue.json"
    inserted = {"n": FIRST.replace('"a"', '"n"'), "x": FIRST.replace("None", '"n"')}
    main([wheel(tmp_path, "0.9.0", CONFIG, x=FIRST)], file)
    with pytest.raises(SystemExit, match="does not continue"):
        main([wheel(tmp_path, "0.9.1", CONFIG, **inserted)], file)


def test_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="not a wheel of open-webui"):
        main([str(tmp_path / "other-1.0.0-py3-none-any.whl")], tmp_path / "catalogue.json")


@pytest.mark.parametrize(
    ("source", "is_same"),
    [
        ('import json\n\nrevision: str = "b"\ndown_revision = "a"\ndef upgrade(): op.execute(\'one\')\n', True),
        (f"{SECOND}def downgrade():\n    op.drop_table('x')\n", True),
        (SECOND.replace("one", "two"), False),
        (f"{SECOND}    op.execute('one')\n", False),
    ],
)
def test_digest_is_that_of_the_code_which_runs(source: str, *, is_same: bool) -> None:
    assert (code_digest(ast.parse(source)) == code_digest(ast.parse(SECOND))) == is_same

"""Finding spec files, and the remaining data of a spec with errors."""

from pathlib import Path

import pytest

from owscale.errors import OwscaleError
from owscale.spec.yaml_reader import find_specs
from tests._support.spec_reading import ReadSpec


def test_find_specs_lists_yaml_files_of_a_folder(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.yml", "c.yaml", "schema.json", ".hidden.yaml", "d.yaml~"):
        (tmp_path / name).touch()
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "folder.yaml" / "e.yaml").touch()
    assert [path.name for path in find_specs(tmp_path)] == ["a.yml", "b.yaml", "c.yaml"]


def test_find_specs_returns_any_other_path_itself(tmp_path: Path) -> None:
    (tmp_path / "schema.json").touch()
    assert find_specs(tmp_path / "schema.json") == [tmp_path / "schema.json"]
    assert find_specs(tmp_path / "missing") == [tmp_path / "missing"]


@pytest.mark.usefixtures("unreadable_file", "_unprivileged")
def test_find_specs_without_permission_is_an_error(unreadable_file: Path) -> None:
    with pytest.raises(OwscaleError, match="Permission denied"):
        find_specs(unreadable_file.parent)


def test_all_errors_are_reported_in_one_run(read: ReadSpec) -> None:
    document, diagnostics = read("a: on\na: &x 1\nb: !t 0x1\n? [c]\n: ~\nd: 'e\u202e'\nf: [\n")
    assert document is None
    assert [(diagnostic.line, diagnostic.code) for diagnostic in diagnostics] == [
        (1, "S106"), (2, "S104"), (2, "S105"), (3, "S105"), (4, "S105"), (5, "S106"), (6, "S106"), (8, "S101"),
    ]  # fmt: skip

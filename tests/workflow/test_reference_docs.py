"""The schema and the reference documents are up to date with the models and the rules."""

import json
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from owscale.cli.commands.update_reference import FILES
from owscale.cli.main import main
from owscale.spec.models import Spec
from owscale.spec.models.base import Section
from owscale.spec.schema_export import nested_section
from owscale.workflow import reference_docs
from tests._support.cases import PROJECT, cases


@pytest.mark.parametrize("name", FILES)
def test_committed_document_is_up_to_date(name: str) -> None:
    if name.endswith(".1") and sys.version_info[:2] != (3, 11):
        pytest.skip("other versions of argparse print other usages")
    assert (PROJECT / name).read_text() == FILES[name](), "run `make docs`"


def test_command_writes_every_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["update-reference", "--root", str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines() == [str(tmp_path / name) for name in FILES]
    assert {name: (tmp_path / name).read_text() for name in FILES} == {name: text() for name, text in FILES.items()}


def _schema() -> dict[str, Any]:
    r"""Return the schema; editors know the Unicode properties of JavaScript, and `re` has only `\w` for them."""
    text = reference_docs.json_schema().replace(r"\\p{L}\\p{N}", r"\\w")
    schema: dict[str, Any] = json.loads(text)
    return schema


def _specs() -> list[Path]:
    return [path for case in cases() for path in ([case.spec] if case.spec.is_file() else case.spec.glob("*.yaml"))]


@pytest.mark.parametrize("path", _specs(), ids=lambda path: path.parent.name)
def test_schema_accepts_every_valid_spec(path: Path) -> None:
    jsonschema.validate(yaml.safe_load(path.read_text()), _schema())


def test_schema_has_the_effect_of_a_change_of_environments() -> None:
    description = _schema()["properties"]["environments"]["description"]
    assert "\nChange of a deployment that exists:\nin place (an environment is renamed): " in description
    assert "\nnothing (otherwise): Each environment is a deployment of its own" in description


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("nmae", "misspelled key"),
        ("redis", {"node_type": "cache.t3.micro", "nodes": 7}),
        ("redis", {"node_type": "cache.t3.micro", "engine": "memcached"}),
        ("environments", {"staging": {"redis": {"nods": 2}}}),
        ("environments", {"staging": {"name": "other"}}),
        ("environments", {}),
        ("aws", {"region": "us-east-1", "tags": {"owner": "Platform \u2013 AI"}}),
    ],
)
def test_schema_rejects_what_the_models_reject(key: str, value: object) -> None:
    spec = yaml.safe_load((PROJECT / "tests/golden/minimal/spec.yaml").read_text())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(spec | {key: value}, _schema())


def _sections(model: type[Section]) -> set[type[Section]]:
    below = {section for field in model.model_fields.values() if (section := nested_section(field.annotation))}
    return {model}.union(*(_sections(section) for section in below))


@pytest.mark.parametrize("model", sorted(_sections(Spec), key=str), ids=str)
def test_every_key_has_a_description(model: type[Section]) -> None:
    assert (model.__doc__ or "").strip()
    for name, field in model.model_fields.items():
        assert field.description, name
        assert field.description.endswith((".", "…")), name

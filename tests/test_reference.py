"""What follows from the models and the rules is committed, and in step."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from generator import reference
from generator.commands.reference import FILES
from generator.compiling import _section_in
from generator.model import Spec
from generator.model.base import Section
from tests.cases import PROJECT, cases


@pytest.mark.parametrize("name", FILES)
def test_committed_document_is_what_the_code_gives(name: str) -> None:
    assert (PROJECT / name).read_text() == FILES[name](), "mend it with: make docs"


def _schema() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(reference.schema())
    return schema


def _specs() -> list[Path]:
    return [path for case in cases() for path in ([case.spec] if case.spec.is_file() else case.spec.glob("*.yaml"))]


@pytest.mark.parametrize("path", _specs(), ids=lambda path: path.parent.name)
def test_schema_takes_every_valid_spec(path: Path) -> None:
    jsonschema.validate(yaml.safe_load(path.read_text()), _schema())


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("nmae", "typing error"),
        ("redis", {"node_type": "cache.t3.micro", "nodes": 7}),
        ("redis", {"node_type": "cache.t3.micro", "engine": "memcached"}),
        ("environments", {"staging": {"redis": {"nods": 2}}}),
        ("environments", {"staging": {"name": "other"}}),
        ("environments", {}),
    ],
)
def test_schema_refuses_what_the_models_refuse(key: str, value: object) -> None:
    spec = yaml.safe_load((PROJECT / "tests/golden/minimal/spec.yaml").read_text())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(spec | {key: value}, _schema())


def _sections(model: type[Section]) -> set[type[Section]]:
    below = {found for field in model.model_fields.values() if (found := _section_in(field.annotation))}
    return {model}.union(*(_sections(section) for section in below))


@pytest.mark.parametrize("model", sorted(_sections(Spec), key=str), ids=str)
def test_every_key_says_what_it_means(model: type[Section]) -> None:
    assert (model.__doc__ or "").strip()
    for name, field in model.model_fields.items():
        assert field.description, name
        assert field.description.endswith((".", "…")), name

"""The compiled models: they say what the models say, and never what the models said once."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic_core import SchemaValidator

from generator import compiling, validation
from generator.model import Spec
from generator.validation import Section, ValidationError, entries, validated
from tests.cases import PROJECT

SPECS = sorted(
    path for path in [*PROJECT.glob("tests/**/spec.yaml"), PROJECT / "spec/spec.yaml"] if ".terraform" not in path.parts
)


def plain(node: Any) -> Any:
    held = entries(node)
    return node if held is None else {name: plain(value) for name, value in held.items()}


def written(node: Any) -> Any:
    """The keys that a spec writes out, in every section."""
    held = entries(node)
    if held is None:
        return None
    own = sorted(node.model_fields_set) if hasattr(node, "model_fields_set") else []
    return own, {name: written(value) for name, value in held.items()}


def datas() -> list[Any]:
    """What is in the specs of all tests, right and wrong, each environment by itself."""
    found: list[Any] = []
    for path in SPECS:
        try:
            data = yaml.safe_load(path.read_text())
        except (yaml.YAMLError, ValueError):
            continue
        if isinstance(data, dict):
            environments = data.pop("environments", None)
            named = environments.values() if isinstance(environments, dict) else ()
            overrides = [each for each in named if isinstance(each, dict)]
            found += [data, *(data | each for each in overrides)]
    return found


def told(validate: Callable[[Any], Spec], data: Any) -> tuple[str, Any]:
    """What comes of `data`: every value and which are written out, or every error."""
    try:
        spec = validate(data)
    except ValidationError as error:
        return "refused", error.errors(include_url=False)
    return "taken", (plain(spec), written(spec))


def test_they_say_what_the_models_say() -> None:
    verdicts = Counter[str]()
    for data in datas():
        ours = told(validated, data)
        assert ours == told(Spec.model_validate, data)
        verdicts[ours[0]] += 1
    assert min(verdicts["taken"], verdicts["refused"]) > 20, verdicts


def test_a_spec_does_not_change() -> None:
    spec = validated(yaml.safe_load((PROJECT / "tests/golden/minimal/spec.yaml").read_text()))
    for name in ("nodes", "shards"):
        with pytest.raises(AttributeError, match="does not change"):
            setattr(spec.redis, name, 3)


def test_sections_are_equal_by_their_values() -> None:
    data = yaml.safe_load((PROJECT / "tests/golden/minimal/spec.yaml").read_text())
    one, same, other = validated(data), validated(data), validated(data | {"name": "other"})
    assert one == same
    assert one != other
    assert "cache." in repr(one.redis)
    assert hash(one.state) == hash(same.state)


def test_no_two_sections_share_a_name() -> None:
    """The schema names classes by their names alone."""
    found: list[type[Any]] = []
    below: list[type[Any]] = [Spec]
    while below:
        section = below.pop()
        found.append(section)
        below += [part for field in section.model_fields.values() if (part := compiling._section_in(field.annotation))]
    assert len({section.__name__ for section in found}) == len(set(found))


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    validation.compiled.cache_clear()
    validation._validator.cache_clear()
    yield
    validation.compiled.cache_clear()
    validation._validator.cache_clear()


def test_models_that_changed_are_compiled_anew(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    old = json.loads((PROJECT / "generator/compiled.json").read_text())
    old["schema"]["schema"]["fields"].pop("redis")
    old["sources"] = "of another day"
    (tmp_path / "compiled.json").write_text(json.dumps(old))
    monkeypatch.setattr(validation, "_FILE", tmp_path / "compiled.json")
    assert "redis" in validation.compiled().schema["schema"]["fields"]


@pytest.mark.parametrize("text", [None, "", "<<<<<<< ours\n{}", "[]", "{}", "null"])
def test_a_file_that_is_not_whole_is_done_without(
    text: str | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if text is not None:
        (tmp_path / "compiled.json").write_text(text)
    monkeypatch.setattr(validation, "_FILE", tmp_path / "compiled.json")
    assert "redis" in validation.compiled().schema["schema"]["fields"]


def test_a_pydantic_that_reads_it_otherwise_is_asked_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    strange = validation.compiled()._replace(schema={"type": "of another release"})
    monkeypatch.setattr(validation, "compiled", lambda: strange)
    assert isinstance(validation._validator(), SchemaValidator)
    assert isinstance(validated(yaml.safe_load((PROJECT / "tests/golden/minimal/spec.yaml").read_text())), Spec)


def test_a_run_builds_no_model() -> None:
    """That is what it is for (docs/performance.md)."""
    code = """
import sys
from generator.cli import main
main(["validate"])
print(*(name for name in sys.modules if name.startswith("generator.model.") or name == "pydantic"))
"""
    command = [sys.executable, "-c", code]
    run = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)  # noqa: S603 -- our own
    assert run.stdout.splitlines() == ["gravity-ai-chat/production: valid", ""]


def test_a_section_stands_for_the_models_class() -> None:
    assert isinstance(validated(yaml.safe_load((PROJECT / "tests/golden/minimal/spec.yaml").read_text())), Section)

"""Validation with the precomputed schema has the same results as with the current models."""

import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic_core import SchemaValidator

from owscale.spec import validation
from owscale.spec.models import Spec
from owscale.spec.validation import ValidatedSection, ValidationError, child_values, validate
from tests._support.cases import PROJECT

SPECS = sorted(
    path for path in [*PROJECT.glob("tests/**/spec.yaml"), PROJECT / "spec/spec.yaml"] if ".terraform" not in path.parts
)
MINIMAL: dict[str, Any] = yaml.safe_load((PROJECT / "tests/golden/minimal/spec.yaml").read_text())


@pytest.fixture(autouse=True)
def _empty_caches() -> Iterator[None]:
    validation.model_data.cache_clear()
    validation._validator.cache_clear()
    yield
    validation.model_data.cache_clear()
    validation._validator.cache_clear()


# --- the same results as the models -------------------------------------------------------------------------------


def all_values(node: Any) -> Any:
    """Return a validated spec as plain data."""
    children = child_values(node)
    return node if children is None else {name: all_values(value) for name, value in children.items()}


def set_keys(node: Any) -> Any:
    """Return the keys that the spec contains, for each section."""
    children = child_values(node)
    if children is None:
        return None
    keys = sorted(node.model_fields_set) if hasattr(node, "model_fields_set") else []
    return keys, {name: set_keys(value) for name, value in children.items()}


def spec_data() -> Iterator[Any]:
    """Yield the data of all specs of the tests, valid and invalid, and the data of each environment."""
    for path in SPECS:
        try:
            data = yaml.safe_load(path.read_text())
        except (yaml.YAMLError, ValueError):
            continue
        if isinstance(data, dict):
            environments = data.pop("environments", None)
            overrides = environments.values() if isinstance(environments, dict) else ()
            yield data
            yield from (data | override for override in overrides if isinstance(override, dict))


def result_of(validate: Callable[[Any], Spec], data: Any) -> tuple[str, Any]:
    """Return the values and the keys that are set, or the errors."""
    try:
        spec = validate(data)
    except ValidationError as error:
        return "invalid", error.errors(include_url=False)
    return "valid", (all_values(spec), set_keys(spec))


def test_results_are_those_of_the_models() -> None:
    verdicts = Counter[str]()
    for data in spec_data():
        result = result_of(validate, data)
        assert result == result_of(Spec.model_validate, data)
        verdicts[result[0]] += 1
    assert min(verdicts["valid"], verdicts["invalid"]) > 20, verdicts


# --- sections -----------------------------------------------------------------------------------------------------


def test_validated_spec_is_a_section() -> None:
    assert isinstance(validate(MINIMAL), ValidatedSection)


def test_sections_are_immutable() -> None:
    spec = validate(MINIMAL)
    for name in ("nodes", "shards"):
        with pytest.raises(AttributeError, match="immutable"):
            setattr(spec.redis, name, 3)


def test_sections_are_compared_by_their_values() -> None:
    spec, same, other = validate(MINIMAL), validate(MINIMAL), validate(MINIMAL | {"name": "other"})
    assert spec == same
    assert spec != other
    assert "cache." in repr(spec.redis)
    assert hash(spec.state) == hash(same.state)


# --- the file of the model data -----------------------------------------------------------------------------------


def write_precomputed(path: Path, digest: str) -> None:
    """Write model data without `redis` and with a digest, so that a test can tell whether the file was used."""
    stored = json.loads(Path(validation.FILE).read_text(encoding="utf-8"))
    stored["schema"]["schema"]["fields"].pop("redis")
    stored["digest"] = digest
    path.write_text(json.dumps(stored), encoding="utf-8")


def test_file_with_the_digest_of_the_models_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    write_precomputed(tmp_path / "validation.json", validation.models_digest())
    monkeypatch.setattr(validation, "FILE", str(tmp_path / "validation.json"))
    assert "redis" not in validation.model_data().schema["schema"]["fields"]


def test_file_with_another_digest_is_ignored(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    write_precomputed(tmp_path / "validation.json", "0" * 32)
    monkeypatch.setattr(validation, "FILE", str(tmp_path / "validation.json"))
    assert "redis" in validation.model_data().schema["schema"]["fields"]


@pytest.mark.parametrize("text", [None, "", "<<<<<<< ours\n{}", "[]", "{}", "null"])
def test_missing_or_invalid_file_is_ignored(text: str | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / "validation.json").write_text(text)
    monkeypatch.setattr(validation, "FILE", str(tmp_path / "validation.json"))
    assert "redis" in validation.model_data().schema["schema"]["fields"]


@pytest.fixture
def copied_package(tmp_path: Path) -> Path:
    """Return a copy of the package with its precomputed files, to change."""
    shutil.copytree(PROJECT / "generator", tmp_path / "owscale", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "templates").symlink_to(PROJECT / "templates")
    return tmp_path


def validate_with(package: Path, text: str) -> str:
    """Run `owscale validate` of a copied package on a spec, and return its output."""
    (package / "spec.yaml").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "owscale", "validate", "--spec", "spec.yaml"]  # of the working directory
    run = subprocess.run(command, cwd=package, capture_output=True, text=True, check=False)  # noqa: S603 -- our own code
    return run.stdout + run.stderr


def test_changed_model_takes_effect_at_once(copied_package: Path) -> None:
    text = (PROJECT / "tests/golden/minimal/spec.yaml").read_text().replace("small}", "small, nodes: 2}")
    with_new_key = text.replace("nodes: 2}", "nodes: 2, shards: 3}")
    assert "unknown key [S102]" in validate_with(copied_package, with_new_key)
    model = copied_package / "owscale/spec/models/redis.py"
    field = '    shards: int = Field(default=1, ge=1, le=2, description="Number of shards.")\n'
    model.write_text(f"{model.read_text(encoding='utf-8')}{field}", encoding="utf-8")
    assert "redis.shards: must be at most 2, not 3 [S108]" in validate_with(copied_package, with_new_key)
    assert validate_with(copied_package, text) == "minimal/production: valid\n"


def test_models_digest_depends_on_the_models_and_their_export(
    copied_package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = copied_package / "owscale/spec"
    monkeypatch.setattr(validation, "_SOURCES", str(sources))
    digests = {validation.models_digest()}
    for name in ("models/redis.py", "schema_export.py"):
        with (sources / name).open("a", encoding="utf-8") as file:
            file.write("# changed\n")
        digests.add(validation.models_digest())
    assert len(digests) == 3


def test_schema_that_pydantic_core_rejects_is_replaced_by_the_models(monkeypatch: pytest.MonkeyPatch) -> None:
    incompatible = validation.model_data()._replace(schema={"type": "of another release"})
    monkeypatch.setattr(validation, "model_data", lambda: incompatible)
    assert isinstance(validation._validator(), SchemaValidator)
    assert isinstance(validate(MINIMAL), Spec)


def test_run_loads_no_model() -> None:
    """Loading the models takes longer than the rest of a run (docs/performance.md), and types of schemas a seventh."""
    code = """
import sys
from owscale.cli.main import main
main(["generate", "--dry-run", "--no-cache"])
slow = "pydantic", "pydantic_core", "typing_extensions"
print(*(name for name in sys.modules if name.startswith("owscale.spec.models") or name in slow))
"""
    command = [sys.executable, "-c", code]
    run = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)  # noqa: S603 -- our own code
    assert run.stdout.splitlines()[-1] == ""

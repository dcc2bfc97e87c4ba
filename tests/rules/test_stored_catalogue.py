"""The stored catalogue: used while its sources are unchanged, and never outdated."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from owscale import _generated
from owscale.rules import stored_catalogue

PACKAGE = Path(_generated.PACKAGE)
CHANGED_TEXT = "Checks that a changed text takes effect."
SOURCES_OF_TEXTS = sorted(
    path.relative_to(PACKAGE).as_posix()
    for directory in ("rules", "spec")
    for path in (PACKAGE / directory).rglob("*.py")
    if path.is_relative_to(PACKAGE / "spec/models")
    or 'rule(\n    "S' in path.read_text()
    or '"S101": ' in path.read_text()
    or '"S401": ' in path.read_text()
)


@pytest.fixture(scope="module")
def catalogue() -> dict[str, Any]:
    return stored_catalogue.build()


@pytest.fixture
def package(tmp_path: Path, catalogue: dict[str, Any]) -> Path:
    """Return a copy of the package with a stored catalogue of the present sources."""
    copy = tmp_path / "owscale"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__", "templates"))
    stored = {"digest": stored_catalogue.sources_digest(), **catalogue}
    (copy / "_generated").mkdir(exist_ok=True)
    (copy / "_generated/catalogue.json").write_text(json.dumps(stored))
    return copy


def load_in(package: Path) -> dict[str, dict[str, dict[str, str]]]:
    """Load the catalogue in a process that imports this copy of the package."""
    code = "import json; from owscale.rules import stored_catalogue; print(json.dumps(vars(stored_catalogue.load())))"
    environment = os.environ | {"PYTHONPATH": str(package.parent), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", code]
    process = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)  # noqa: S603 -- our own code
    catalogue: dict[str, dict[str, dict[str, str]]] = json.loads(process.stdout)
    return catalogue


def test_unchanged_sources_use_the_stored_catalogue(package: Path) -> None:
    file = package / "_generated/catalogue.json"
    stored = json.loads(file.read_text())
    stored["entries"]["S201"]["checks"] = "stored"
    stored["keys"]["redis.nodes"]["type"] = "stored"
    file.write_text(json.dumps(stored))
    loaded = load_in(package)
    assert loaded["entries"]["S201"]["checks"] == loaded["keys"]["redis.nodes"]["type"] == "stored"


def test_a_changed_rule_takes_effect_although_the_stored_catalogue_is_older(package: Path) -> None:
    definitions = package / "rules/definitions/service.py"
    text = stored_catalogue.build()["entries"]["S201"]["checks"]
    assert text in definitions.read_text()
    definitions.write_text(definitions.read_text().replace(text, CHANGED_TEXT))
    assert load_in(package)["entries"]["S201"]["checks"] == CHANGED_TEXT


def test_a_changed_model_takes_effect_although_the_stored_catalogue_is_older(package: Path) -> None:
    models = package / "spec/models/redis.py"
    text = stored_catalogue.build()["keys"]["redis.node_type"]["description"]
    assert text in models.read_text()
    models.write_text(models.read_text().replace(text, "A changed text."))
    assert load_in(package)["keys"]["redis.node_type"]["description"] == "A changed text."


@pytest.mark.parametrize("name", SOURCES_OF_TEXTS)
def test_digest_covers_every_module_with_texts(name: str, package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_generated, "PACKAGE", str(package))
    before = stored_catalogue.sources_digest()
    (package / name).write_text((package / name).read_text() + "# changed\n")
    assert stored_catalogue.sources_digest() != before


def test_modules_with_texts_are_found() -> None:
    modules = {path.relative_to(PACKAGE).as_posix() for path in (PACKAGE / "rules/definitions").glob("[a-z]*.py")}
    assert modules | {"rules/catalogue.py", "rules/cross_deployment.py"} < set(SOURCES_OF_TEXTS)
    assert any(name.startswith("spec/") for name in SOURCES_OF_TEXTS)


@pytest.mark.parametrize("text", [None, "", "<<<<<<< ours\n{}", "[]", "{}", "null"])
def test_an_unreadable_catalogue_is_built_from_the_rules(
    text: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "catalogue.json"
    if text is not None:
        file.write_text(text)
    monkeypatch.setattr(stored_catalogue, "FILE", str(file))
    assert vars(stored_catalogue.load()) == stored_catalogue.build()

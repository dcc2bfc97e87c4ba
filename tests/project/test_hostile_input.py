"""Damaged specs, plans, journals, manifests and output folders: a clear error, no traceback, no write outside out/.

A run tries a tenth of the cases; `OWSCALE_HOSTILE_SCALE=1` tries all of them.
"""

import os
import random
from contextlib import suppress
from pathlib import Path

import pytest

from owscale.diagnostics.report import DiagnosticReport
from owscale.errors import OwscaleError
from owscale.output.journal import read_incomplete_run
from owscale.output.manifest import parse_manifest
from owscale.plan_policy.evaluate import evaluate_plan
from owscale.rules.runner import check_deployments
from owscale.spec.environments import load_environments
from owscale.spec.yaml_reader import read_spec
from owscale.terraform.plan.parser import parse_plan
from owscale.terraform.plan_store import PlanStore
from owscale.workflow.own_terraform import terraform_files
from owscale.workflow.pipeline import expected_files
from tests._support.cases import GOLDEN, PROJECT, cases
from tests._support.mutations import mutations
from tests._support.project import Project
from tests._support.scale import scaled


def everything(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() if path.is_file() else b"" for path in folder.rglob("*")}


def test_damaged_specs_are_reported(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    failed = 0
    for content in mutations((GOLDEN / "everything/spec.yaml").read_bytes(), scaled(2500), 1):
        path.write_bytes(content)
        report = DiagnosticReport()
        document = read_spec(path, "spec.yaml", report)
        check_deployments(load_environments(document, report) if document else [], report)
        assert all(len(str(diagnostic)) < 20_000 for diagnostic in report)
        failed += bool(report.errors)
    assert failed


def test_damaged_plans_are_reported() -> None:
    case = next(case for case in cases() if case.name == "fixed")
    checked = case.checked()[0]
    files = terraform_files(case.out / checked.deployment.folder, expected_files(checked, case.paths)).texts
    refused = 0
    for number, file in enumerate(sorted((PROJECT / "tests/plans").glob("*/plan.json"))[:5]):
        for content in mutations(file.read_bytes(), scaled(500), number):
            try:
                plan = parse_plan(content.decode("utf-8", "replace"))
            except OwscaleError:
                refused += 1
                continue
            evaluate_plan(plan, checked.deployment, files)
    assert refused


def test_damaged_journals_are_reported(tmp_path: Path) -> None:
    journal = tmp_path / "out/.owscale/journal"
    journal.parent.mkdir(parents=True)
    text = "".join(f"{'0123456789abcdef' * 2} minimal/production/modules/m{n}/main.tf\n" for n in range(20))
    before = everything(tmp_path)
    for content in mutations(text.encode(), scaled(2500), 2):
        journal.write_bytes(content)
        with suppress(OwscaleError):
            incomplete = read_incomplete_run(tmp_path / "out")
            paths = [path for path, _ in incomplete.files]
            assert not any(".." in path.split("/") or path.startswith("/") or "\0" in path for path in paths)
    journal.unlink()
    assert everything(tmp_path) == before


def test_damaged_manifests_are_reported(project: Project) -> None:
    project.generate()
    content = (project.root / ".owscale.sums").read_bytes()
    for damaged in mutations(content, scaled(2500), 3):
        with suppress(OwscaleError):
            manifest = parse_manifest(damaged, "out/.owscale.sums")
            assert not any(".." in path.split("/") or path.startswith("/") for path in manifest.entries)
            str(manifest)


@pytest.mark.parametrize("text", ["null", "[]", "{}", '{"format": 2}', '{"format": []}', "[" * 100_000, "\0", "\xff"])
def test_damaged_record_of_a_plan_counts_as_none(tmp_path: Path, text: str) -> None:
    store = PlanStore(tmp_path)
    store.prepare()
    store.plan.touch()
    (tmp_path / ".terraform/owscale/next.json").write_text(text, encoding="latin-1")
    (tmp_path / ".terraform/owscale/applied.json").write_text(text, encoding="latin-1")
    assert store.record() is None
    store.applied()


_NAMES = (
    "main.tf",
    ".owscale.sums",
    "modules",
    "modules/redis",
    "modules/redis/main.tf",
    "MAIN.TF",
    "x.tf",
    ".terraform",
)
_LINKS = ("/etc/hosts", "/dev/zero", "..", "../../..", "/nowhere", "main.tf", "/")


def damage(out: Path, random_: random.Random) -> None:
    """Change something below out/ as only an attacker or an accident does."""
    folder = out / random_.choice(
        ("", "minimal", "minimal/production", "other/production", ".owscale", ".owscale/staged")
    )
    path = folder / random_.choice((*_NAMES, "journal", "production", "minimal"))
    with suppress(OSError):
        if not path.parent.resolve().is_relative_to(out.resolve()):  # through a link of earlier damage
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_fifo() or (random_.random() < 0.7 and (path.is_file() or path.is_symlink())):
            path.unlink()
        match random_.randrange(6):
            case 0:
                path.symlink_to(random_.choice(_LINKS))
            case 1:
                os.mkfifo(path)
            case 2:
                path.mkdir()
            case 3:
                with path.open("xb") as file:
                    file.truncate(random_.choice((0, 1, 1024**2)))
            case 4:
                path.write_bytes(
                    next(mutations(b"owscale 0.1.0\nspec 0 spec/gone.yaml\n", 1, random_.randrange(10**9)))
                )
            case 5:
                path.rename(out / "minimal/production" / random_.choice(_NAMES))


def test_hostile_output_folders_are_reported(project: Project) -> None:
    """Nothing outside out/ changes, whatever is in it."""
    random_ = random.Random(4)  # noqa: S311 -- no secret depends on it
    outside = project.folder / "outside"
    outside.mkdir()
    (outside / "main.tf").write_text("mine\n")
    exit_codes = set()
    for number in range(scaled(1000)):
        if number % 10 == 0:
            project.out.rename(project.folder / f"old{number}") if project.out.exists() else None
            project.generate()
        for _ in range(random_.randint(1, 3)):
            damage(project.out, random_)
        if random_.random() < 0.2:
            with suppress(OSError):
                (project.out / random_.choice(("x", f"minimal/production/{number}.tf"))).symlink_to(outside)
        command = random_.choice((["check"], ["check", "--diff"], ["generate"], ["generate", "--force"]))
        exit_code = project.run(*command)
        assert exit_code in (0, 1), project.stderr
        assert "Traceback" not in project.stderr
        assert "root:" not in project.stdout + project.stderr
        exit_codes.add(exit_code)
        assert {path.name: path.read_text() for path in outside.iterdir()} == {"main.tf": "mine\n"}
        assert {path.name for path in project.folder.iterdir()} - {"spec", "out", "outside"} <= {
            f"old{old}" for old in range(number + 1)
        }
    assert exit_codes == {0, 1}

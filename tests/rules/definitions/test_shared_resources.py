"""Resources that several deployments use: which are the same, who accepts it, and what follows."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from owscale.diagnostics.model import Diagnostic
from owscale.diagnostics.report import DiagnosticReport
from owscale.domain.shared_resources import RESOURCES
from owscale.rules.registry import all_rules
from owscale.rules.runner import check_deployments
from owscale.spec import yaml_reader
from owscale.spec.deployment import Deployment
from owscale.spec.environments import load_environments
from tests._support.cases import GOLDEN
from tests._support.project import Project
from tests.rules.test_catalogue import merge

MINIMAL = yaml.safe_load((GOLDEN / "minimal/spec.yaml").read_text())
REASON = "the canary serves the same users"
SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret"  # noqa: S105 -- an ARN
SHARED_CODES = {code: REASON for code, rule in all_rules().items() if rule.is_shared and rule.is_acceptable}
NOT_WITH_ALL = {"S407", "S409", "S414"}  # with one database, one key is right
SHARE_ALL = {
    "accept": SHARED_CODES,
    "existing": {
        "service": "chat-old",
        "secrets": {"webui_secret_key_arn": f"{SECRET}:key-AbCdEf", "redis_token_arn": f"{SECRET}:token-AbCdEf"},
    },
    "app": {
        "public_url": "https://chat.example.com",
        "vector_database": "qdrant",
        "environment": {"QDRANT_URI": "https://qdrant.example.com"},
    },
    "load_balancer": {"tls_termination": "proxy"},
}


def parts(name: str, **sections: object) -> dict[str, object]:
    """Return a spec of its own that shares all resources with the minimal one."""
    own = {"name": name, "state": {"key": f"{name}.tfstate"}, "service": {"name": name}, "redis": {"nodes": 2}}
    return merge(merge(MINIMAL, own), sections)  # type: ignore[no-any-return]  # of YAML


def load(folder: Path, *specs: dict[str, object]) -> Iterator[Deployment]:
    report = DiagnosticReport()
    for spec in specs:
        path = folder / f"{spec['name']}.yaml"
        path.write_text(yaml.safe_dump(spec))
        document = yaml_reader.read_spec(path, path.name, report)
        assert document
        yield from load_environments(document, report)
    assert not report.errors, list(report)


def diagnose(folder: Path, *specs: dict[str, object]) -> list[Diagnostic]:
    report = DiagnosticReport()
    check_deployments(load(folder, *specs), report)
    return [diagnostic for diagnostic in report if diagnostic.code.startswith("S4") or diagnostic.code == "S111"]


def codes(diagnostics: list[Diagnostic]) -> set[str]:
    return {diagnostic.code for diagnostic in diagnostics if diagnostic.severity == "error"}


OWN_FILES = {"existing": {"files": {"access_point": "fsap-44444444"}}}
OWN = merge(
    OWN_FILES, {"existing": {"database": {"url_secret_arn": f"{SECRET}:b-AbCdEf", "security_group": "sg-44444444"}}}
)


def url(reference: str) -> dict[str, object]:
    return {"existing": {"database": {"url_secret_arn": f"{SECRET}:{reference}"}}}


def key(name: str) -> dict[str, object]:
    return {"existing": {"secrets": {"webui_secret_key_arn": f"{SECRET}:{name}-AbCdEf"}}}


def address(public_url: str) -> dict[str, object]:
    return {"app": {"public_url": public_url}}


def environment(**variables: str) -> dict[str, object]:
    return {"app": {"environment": variables}}


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (url("db-AbCdEf:a::"), url("db-AbCdEf:b::"), set()),  # two keys of one secret are two URLs
        (url("db-AbCdEf:a::"), url("db-AbCdEf:a::"), {"S404", "S414"}),
        (merge(url("db-AbCdEf:a::"), key("k")), merge(url("db-AbCdEf:a::"), key("k")), {"S404"}),
        (merge(url("db-AbCdEf:a::"), key("k")), merge(url("db-AbCdEf:a::"), key("l")), {"S404", "S414"}),
        (key("k"), key("k"), {"S409"}),
        (address("https://x.example.com"), address("https://x.example.com:443"), {"S412"}),
        (address("https://x.example.com"), address("https://x.example.com:8443"), set()),
        (
            {"existing": {"service": "old"}},
            {"existing": {"service": "old", "cluster": "other"}},
            set(),
        ),
        (
            environment(STORAGE_PROVIDER="s3", S3_BUCKET_NAME="files"),
            environment(STORAGE_PROVIDER="s3", S3_BUCKET_NAME="files", S3_KEY_PREFIX="b"),
            set(),
        ),
        (environment(S3_BUCKET_NAME="files"), environment(S3_BUCKET_NAME="files"), set()),  # the provider is not S3
        (
            {"app": {"secrets": {"PGVECTOR_DB_URL": f"{SECRET}:vectors-AbCdEf"}}},
            {"app": {"secrets": {"PGVECTOR_DB_URL": f"{SECRET}:vectors-AbCdEf"}}},
            {"S413"},
        ),
    ],
)
def test_identity_of_a_resource(
    first: dict[str, object], second: dict[str, object], expected: set[str], tmp_path: Path
) -> None:
    proxy = {"load_balancer": {"tls_termination": "proxy"}}
    one = parts("a", **merge(proxy, first))
    other = parts("b", **merge(merge(OWN, proxy), second))
    assert codes(diagnose(tmp_path, one, other)) == expected


def test_each_deployment_accepts_for_itself(tmp_path: Path) -> None:
    accepted = {"accept": {"S404": REASON, "S414": REASON}}
    first, second, third = parts("a", **accepted), parts("b", **merge(OWN_FILES, accepted)), parts("c", **OWN_FILES)
    third["existing"]["files"]["access_point"] = "fsap-55555555"  # type: ignore[index]  # of YAML
    assert [each.accepted for each in diagnose(tmp_path, first, second)] == [REASON] * 4
    diagnostics = diagnose(tmp_path, first, second, third)
    assert [(each.file, each.code) for each in diagnostics if each.severity == "error" and each.code == "S404"] == [
        ("c.yaml", "S404")
    ]
    assert {each.message for each in diagnostics if each.code == "S404"} == {
        "a/production, b/production and c/production use the same database"
    }


def test_acceptance_without_another_deployment_is_unused(tmp_path: Path) -> None:
    (unused,) = diagnose(tmp_path, parts("a", accept={"S404": REASON}))
    assert (unused.code, unused.message) == ("S111", "this error does not occur")


def test_releases_on_one_database_cannot_be_accepted(tmp_path: Path) -> None:
    accepted = merge({"accept": {"S404": REASON, "S405": REASON}}, key("k"))
    first = parts("a", **accepted)
    second = parts("b", app={"image": "ghcr.io/open-webui/open-webui:v0.12.2"}, **merge(OWN_FILES, accepted))
    assert codes(diagnose(tmp_path, first, second)) == {"S405"}
    report = DiagnosticReport()
    check_deployments(load(tmp_path, first), report)
    assert [each.code for each in report if each.severity == "error"] == ["S110"]


def test_sum_of_connections_has_each_part(tmp_path: Path) -> None:
    accepted = {"accept": {"S404": REASON}, "existing": {"database": {"max_connections": 900}}}
    first = parts("a", **accepted)
    second = parts("b", autoscaling={"min": 1, "max": 6}, **merge(accepted, OWN_FILES))
    message = next(each.message for each in diagnose(tmp_path, first, second) if each.code == "S406")
    assert message.startswith("700 (a/production) + 420 (b/production) = 1,120 connections; with 50 reserved,")


def test_a_fleet_on_one_database_has_short_messages(tmp_path: Path) -> None:
    fleet = [parts(f"a{number:02}") for number in range(30)]
    for diagnostic in diagnose(tmp_path, *fleet):
        assert len(diagnostic.message) < 400
        assert len(diagnostic.related) <= 5


@pytest.fixture
def sharing(project: Project) -> Project:
    """Return a project with two specs that share everything, and accept it."""
    for name in ("canary", "spec"):
        shared = {**SHARE_ALL, "accept": {code: REASON for code in SHARED_CODES if code not in NOT_WITH_ALL}}
        (project.spec.parent / f"{name}.yaml").write_text(yaml.safe_dump(parts(name, **shared)))
    return project


def test_output_does_not_depend_on_the_specs_that_a_command_names(sharing: Project) -> None:
    sharing.generate()
    assert "0 warnings, 12 accepted" in sharing.stderr, "nothing that is accepted is unused"
    before = sharing.tree()
    for name in ("canary", "spec"):
        assert sharing.generate("--spec", f"spec/{name}.yaml") == "+0 ~0 -0 =50"
        assert "S111" not in sharing.stderr
    assert sharing.tree() == before
    for path in sharing.out.iterdir():
        if path.is_dir():
            for file in sorted(path.rglob("*"), reverse=True):
                file.unlink() if file.is_file() else file.rmdir()
    for name in ("canary", "spec"):
        sharing.generate("--spec", f"spec/{name}.yaml")
    assert sharing.tree() == before


def test_spec_with_errors_beside_one_that_shares_is_reported(sharing: Project) -> None:
    sharing.generate()
    (sharing.spec.parent / "broken.yaml").write_text("name: [\n")
    assert sharing.run("generate", "--spec", "spec/spec.yaml") == 1
    assert "spec/broken.yaml:" in sharing.stderr
    (sharing.spec.parent / "broken.yaml").write_text("services: {web: {image: nginx}}\n")
    sharing.generate("--spec", "spec/spec.yaml")  # a file of another program


def test_runbook_names_the_others_where_it_touches_their_resources(sharing: Project) -> None:
    sharing.generate()
    runbook = (sharing.out / "spec/production/RUNBOOK.md").read_text()
    link = "[canary/production](../../canary/production/RUNBOOK.md)"
    sections = runbook.replace("\n### ", "\n## ").split("\n## ")
    by_section = {section.partition("\n")[0]: " ".join(section.split()) for section in sections}
    for title, sentence in {
        "4. Switch traffic": f"Users of {link} open the same address",
        "6. Retire chat-old": f"Check that the users of {link} have left it, too",
        "Roll back": f"A restore of the database also concerns {link}",
        "Upgrade Open WebUI": f"{link} uses this database too",
        "WEBUI_SECRET_KEY": f"{link} uses the same key",
        "The Redis token": f"{link} uses the same token",
        "The database URL and other existing secrets": f"{link} uses the same secret",
    }.items():
        assert sentence in by_section[title], title
    assert f"is also run or replaced by {link}" in by_section["Upgrade Open WebUI"]
    upgrade = by_section["Upgrade by hand"]
    assert f"Migrate once, also for {link}" in upgrade
    assert f"only a restore leads back, also for {link}" in upgrade
    assert f"Stop the tasks of {link}, with step 2 of this section in each runbook" in upgrade
    assert f"is also run or replaced by {link}" in upgrade
    assert (sharing.out / "canary/production/RUNBOOK.md").exists()


def test_runbook_of_a_deployment_that_shares_nothing_names_no_other(project: Project) -> None:
    project.add_spec("alone")
    project.generate()
    assert "alone/production" not in (project.root / "RUNBOOK.md").read_text()


def test_every_kind_of_resource_has_a_rule(tmp_path: Path) -> None:
    found = codes(diagnose(tmp_path, *(parts(name, **{**SHARE_ALL, "accept": {}}) for name in ("a", "b"))))
    assert len(found | {"S409"}) == len(RESOURCES) - 1, "the server of the database shows only in the sum of S407"
    assert found < set(SHARED_CODES)

"""`owscale init`: from an empty directory to Terraform that validates."""

import io
import re
import shutil
from pathlib import Path

import pytest
import yaml

from owscale.cli.commands import init
from owscale.cli.main import main
from owscale.terraform.runner import Terraform
from tests._support.placeholders import fill_in
from tests._support.repository import git
from tests._support.shared_provider import shared_provider


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "team-chat"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_empty_directory_gets_a_project(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init"]) == 0
    assert files(folder) == [".gitattributes", ".gitignore", "README.md", "spec/schema.json", "spec/spec.yaml"]
    fill_in(folder / "spec/spec.yaml")
    assert main(["generate"]) == 0
    assert main(["check", "--strict"]) == 0
    printed = capsys.readouterr()
    assert "owscale generate" in printed.out
    assert printed.err == "", "there are no warnings"
    assert (folder / "out/team-chat/production/main.tf").exists()


def test_each_placeholder_is_an_error(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init"]) == 0
    assert "Edit the 15 values marked CHANGE in spec/spec.yaml, then run" in capsys.readouterr().out
    assert main(["validate"]) == 1
    errors = [line for line in capsys.readouterr().err.splitlines() if not line.startswith("  hint")]
    assert errors.pop() == "16 errors"
    assert all(line.endswith("is a placeholder [S233]") for line in errors)
    named = {int(line.split(":")[1]) for line in errors}
    spec = (folder / "spec/spec.yaml").read_text().splitlines()
    marked = [number for number, line in enumerate(spec, 1) if line.startswith("  ") and "# CHANGE: " in line]
    assert len(marked) == 15
    for number in marked:
        value = next(later for later, line in enumerate(spec, 1) if later > number and not line.strip().startswith("#"))
        assert value in named


def test_generated_terraform_is_valid(folder: Path, terraform: str) -> None:  # noqa: ARG001 -- the binary must be there
    assert main(["init"]) == 0
    fill_in(folder / "spec/spec.yaml")
    assert main(["generate"]) == 0
    root = Terraform(folder / "out/team-chat/production")
    with shared_provider():
        assert root.init("-backend=false").code == 0
        assert root.run("validate", "-json").code == 0
    assert root.run("fmt", "-check", "-recursive").code == 0


def test_directory_and_name_can_be_given(folder: Path) -> None:
    assert main(["init", "elsewhere", "--name", "company-chat"]) == 0
    assert files(folder) == [f"elsewhere/{name}" for name in files(folder / "elsewhere")]
    assert "name: company-chat # the directory" in (folder / "elsewhere/spec/spec.yaml").read_text()
    assert "out/company-chat/production" in (folder / "elsewhere/README.md").read_text()


@pytest.mark.parametrize("name", ["Company Chat", "42", "a" * 40, "chat_2"])
def test_invalid_name_of_the_directory_is_replaced(folder: Path, name: str) -> None:
    assert main(["init", name]) == 0
    assert "name: company-chat # " in (folder / name / "spec/spec.yaml").read_text()


def test_invalid_name_is_a_usage_error(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--name", "Chat!"]) == 2
    errors = capsys.readouterr().err
    assert "--name Chat!: a name has up to 32 lower-case letters" in errors
    assert "  hint: choose another name, such as company-chat\n" in errors
    assert files(folder) == []


def test_existing_spec_stays(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "spec").mkdir()
    (folder / "spec/spec.yaml").write_text("mine\n")
    assert main(["init"]) == 1
    assert (
        "spec/spec.yaml: exists already; nothing was written\n  hint: edit it, or move it away"
        in capsys.readouterr().err
    )
    assert files(folder) == ["spec/spec.yaml"]


def test_existing_files_are_appended_to_once(folder: Path) -> None:
    (folder / "README.md").write_text("# Our platform")
    (folder / ".gitignore").write_text("*.log\n")
    assert main(["init"]) == 0
    readme = (folder / "README.md").read_text()
    assert readme.startswith("# Our platform\n\n<!-- owscale init: begin ")
    assert " -->\n## Open WebUI on AWS\n" in readme
    assert (folder / ".gitignore").read_text().startswith("*.log\n\n# owscale init: begin ")
    for name in ("spec.yaml", "schema.json"):
        (folder / "spec" / name).unlink()
    assert main(["init"]) == 0
    assert (folder / "README.md").read_text() == readme


def test_file_at_the_path_of_a_directory_is_an_error(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "spec").write_text("mine\n")
    assert main(["init"]) == 1
    assert "spec: is a file; nothing was written" in capsys.readouterr().err
    assert (folder / "spec").read_text() == "mine\n"


def test_existing_line_endings_and_bytes_stay(folder: Path) -> None:
    (folder / "README.md").write_bytes(b"# Ours\r\n\xff\r\n")
    assert main(["init"]) == 0
    content = (folder / "README.md").read_bytes()
    assert content.startswith(b"# Ours\r\n\xff\r\n\r\n<!-- owscale init: begin ")
    assert b" -->\r\n## Open WebUI on AWS\r\n" in content


@pytest.mark.parametrize("name", ["README.md", ".gitignore", "spec/schema.json"])
def test_nothing_is_written_where_one_file_cannot_be(
    folder: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / name).mkdir(parents=True)
    assert main(["init"]) == 1
    assert f"{name}: is a folder, not a file" in capsys.readouterr().err
    assert files(folder) == []


def test_links_are_not_followed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "README.md").symlink_to("../elsewhere.md")
    assert main(["init"]) == 1
    assert "README.md: is a symbolic link" in capsys.readouterr().err
    assert not (folder.parent / "elsewhere.md").exists()


def test_existing_spec_of_another_name_stays(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "spec").mkdir()
    (folder / "spec/chat.yaml").write_text("mine\n")
    assert main(["init"]) == 1
    assert "spec/chat.yaml: exists already" in capsys.readouterr().err


def test_existing_schema_is_replaced(folder: Path) -> None:
    (folder / "spec").mkdir()
    (folder / "spec/schema.json").write_text("{}")
    assert main(["init"]) == 0
    assert (folder / "spec/schema.json").read_text().startswith("{\n")


@pytest.mark.usefixtures("folder")
class TestGivenValues:
    """Values of `--set`, and answers in a terminal."""

    def test_values_replace_placeholders(self) -> None:
        values = {
            "existing.private_subnets": "subnet-11111111,subnet-22222222",
            "aws.region": "eu-west-1",
            "aws.account_id": "012345678901",
            "service.instances": "4",
            "load_balancer.allow_from.office.cidr": "10.9.0.0/16",
            "app.environment.DEFAULT_LOCALE": "no",
            "alarms.notify": "[platform@example.com]",
            "existing.service": "chat-old",
        }
        assert main(["init", *(word for pair in values.items() for word in ("--set", "=".join(pair)))]) == 0
        data = yaml.safe_load(Path("spec/spec.yaml").read_text())
        assert data["existing"]["private_subnets"] == ["subnet-11111111", "subnet-22222222"]
        assert data["aws"] == {"region": "eu-west-1", "account_id": "012345678901"}
        assert data["service"]["instances"] == 4
        assert data["load_balancer"]["allow_from"] == {"office": {"cidr": "10.9.0.0/16"}}
        assert data["app"]["environment"] == {"DEFAULT_LOCALE": "no"}
        assert data["alarms"]["notify"] == ["platform@example.com"]
        assert data["existing"]["service"] == "chat-old"
        assert ":secretsmanager:eu-west-1:012345678901:" in data["existing"]["database"]["url_secret_arn"]

    @pytest.mark.parametrize(
        ("assignment", "message"),
        [
            ("existing.vcp=vpc-11111111", "existing.vcp: unknown key\n  hint: did you mean vpc?"),
            ("existing.vpc=11111111", "existing.vpc: must be the ID of a VPC"),
            ("service.instances=many", "service.instances: must be a whole number, not text"),
            ("existing.vpc", "--set existing.vpc: not a key and a value\n  hint: write it as"),
            ("=x", "--set =x: not a key and a value"),
            ("app.environment.KEY=" + "sk-" + "EXAMPLE0" * 5, "app.environment.KEY: the value contains a secret"),
        ],
    )
    def test_wrong_value_is_a_usage_error(
        self, folder: Path, assignment: str, message: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["init", "--set", assignment]) == 2
        assert message in capsys.readouterr().err
        assert files(folder) == []

    def test_terminal_is_asked_for_each_open_value(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        terminal = io.StringIO("eu-central\neu-central-1\n\nvpc-11111111\n")
        monkeypatch.setattr(terminal, "isatty", lambda: True)
        monkeypatch.setattr("sys.stdin", terminal)
        assert main(["init"]) == 0
        data = yaml.safe_load(Path("spec/spec.yaml").read_text())
        assert data["aws"]["region"] == "eu-central-1"
        assert data["existing"]["vpc"] == "vpc-11111111"
        assert data["state"]["bucket"] == "change-me-terraform-states"
        printed = capsys.readouterr()
        assert "aws.region: must be an AWS region\n" in printed.err
        assert printed.err.count("Enter to leave it open: ") == 16
        assert "Edit the 13 values marked CHANGE" in printed.out

    def test_no_input_asks_nothing(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        terminal = io.StringIO()
        monkeypatch.setattr(terminal, "isatty", lambda: True)
        monkeypatch.setattr("sys.stdin", terminal)
        assert main(["init", "--no-input"]) == 0
        assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--from-aws", "--service", "chat"], "--from-aws: --cluster is missing"),
        (["--from-aws", "--cluster", "chat"], "--from-aws: --service is missing"),
        (["--cluster", "chat"], "--cluster: only with --from-aws"),
        (["--from-taskdef", "a", "--from-compose", "b"], "--from-taskdef and --from-compose: only one source"),
        (["--container", "a"], "--container: there is no source with containers"),
    ],
)
def test_options_that_do_not_fit_are_a_usage_error(
    folder: Path, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", *arguments]) == 2
    assert message in capsys.readouterr().err
    assert files(folder) == []


def test_project_stands_alone(folder: Path) -> None:
    assert main(["init"]) == 0
    fill_in(folder / "spec/spec.yaml")
    assert main(["generate"]) == 0
    texts = {path: path.read_text() for path in folder.rglob("*") if path.is_file() and path.suffix != ".json"}
    for path, text in texts.items():
        assert not re.search(r"\bmake [a-z]+", text.replace("make sure", "")), path
        for link in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
            assert link.startswith("https://") or (path.parent / link).exists(), f"{path}: {link}"
        assert "docs/" not in re.sub(r"https://\S+", "", text), path


@pytest.mark.usefixtures("folder")
def test_git_knows_generated_files() -> None:
    assert main(["init"]) == 0
    git("init", "-q")
    paths = ("out/a/production/main.tf", "spec/schema.json", "spec/spec.yaml")
    assert git("check-attr", "linguist-generated", "eol", "--", *paths).splitlines() == [
        "out/a/production/main.tf: linguist-generated: set",
        "out/a/production/main.tf: eol: lf",
        "spec/schema.json: linguist-generated: set",
        "spec/schema.json: eol: lf",
        "spec/spec.yaml: linguist-generated: unspecified",
        "spec/spec.yaml: eol: unspecified",
    ]
    ignored = ("out/a/production/.terraform/x", "out/.owscale/x", "out/a/production/next.tfplan")
    assert git("check-ignore", *ignored).splitlines() == list(ignored)


def test_set_takes_one_entry_as_a_list(folder: Path) -> None:
    assert (
        main(["init", "--set", "alarms.notify=ops@example.com", "--set", "existing.files.security_groups=sg-11111111"])
        == 0
    )
    spec = yaml.safe_load((folder / "spec/spec.yaml").read_text())
    assert (spec["alarms"]["notify"], spec["existing"]["files"]["security_groups"]) == (
        ["ops@example.com"],
        ["sg-11111111"],
    )


@pytest.mark.parametrize(
    ("assignment", "message"),
    [
        ("existing.private_subnets=[subnet-11111111]", "existing.private_subnets: has 1 entry; the minimum is 2"),
        ("existing.private_subnets=subnet-11111111", "existing.private_subnets: has 1 entry; the minimum is 2"),
        ("existing.vpc=\udcff", "--set existing.vpc="),
        ("app.environment.X_PASSWORD=hunter2hunter2", "app.environment.X_PASSWORD: "),
        ("app.environment.MY_API_KEY=abcdefgh12345678", "app.environment.MY_API_KEY: "),
    ],
)
def test_refused_value_of_set(assignment: str, message: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--set", assignment]) == 2
    errors = capsys.readouterr().err
    assert errors.startswith(message)
    assert "hunter2" not in errors
    assert files(folder) == []


# --- update -------------------------------------------------------------------------------------------------------


@pytest.fixture
def newer_texts(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run init, then let owscale have a newer text for .gitignore and for README.md."""
    assert main(["init", "--name", "company-chat"]) == 0
    texts = tmp_path / "texts"
    shutil.copytree(init._TEXTS, texts)
    for name in ("gitignore", "README.md"):
        (texts / name).write_text((texts / name).read_text() + "# new in NAME\n")
    monkeypatch.setattr(init, "_TEXTS", texts)
    (folder / "spec/schema.json").write_text("{}")


@pytest.mark.usefixtures("newer_texts")
def test_update_brings_what_init_wrote_to_the_present_form(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = (folder / "spec/spec.yaml").read_text()
    capsys.readouterr()
    assert main(["init", "--update"]) == 0
    assert capsys.readouterr().out == "  ~ .gitignore\n  ~ README.md\n  ~ spec/schema.json\n"
    assert "# new in company-chat\n<!-- owscale init: end -->" in (folder / "README.md").read_text()
    assert (folder / "spec/spec.yaml").read_text() == spec
    assert main(["init", "--update"]) == 0
    assert capsys.readouterr().out == "everything that init wrote is up to date\n"


@pytest.mark.usefixtures("newer_texts")
def test_update_leaves_what_the_user_changed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed = (folder / ".gitignore").read_text().replace("*.tfplan\n", "")
    (folder / ".gitignore").write_text(changed)
    capsys.readouterr()
    assert main(["init", "--update"]) == 0
    assert (folder / ".gitignore").read_text() == changed
    errors = capsys.readouterr().err
    assert errors.startswith(".gitignore: the text of init was modified locally and stays:\n--- your text\n")
    assert "\n+*.tfplan\n" in errors
    assert errors.endswith("  hint: copy the lines that you want into your text\n")


def test_update_needs_a_spec(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--update"]) == 1
    assert capsys.readouterr().err.startswith("spec/spec.yaml: not found; nothing was written\n  hint: run ")
    assert files(folder) == []


@pytest.mark.parametrize("text", ["name: [chat]\n", "- name\n", "name: \x00\n"])
def test_update_needs_the_name_of_the_deployment(text: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "spec").mkdir()
    (folder / "spec/spec.yaml").write_text(text)
    assert main(["init", "--update"]) == 1
    assert "spec/spec.yaml: has no valid name; nothing was written\n" in capsys.readouterr().err
    assert files(folder) == ["spec/spec.yaml"]


def test_update_takes_no_values(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--update", "--set", "existing.cluster=chat"]) == 2
    assert "--update: leaves the specs as they are" in capsys.readouterr().err

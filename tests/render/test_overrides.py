"""Custom files of a deployment, and templates that replace those of owscale."""

import os
from pathlib import Path

import pytest

from tests._support.cases import own_resources
from tests._support.project import ROOT, Project


@pytest.fixture
def custom_project(project: Project) -> Project:
    """Return a project whose spec names a directory of each kind."""
    project.change_spec("name: minimal", "name: minimal\ncustom: {extra: extra, templates: own/templates}")
    for folder in ("extra", "own/templates"):
        (project.spec.parent / folder).mkdir(parents=True)
    return project


def write_file(project: Project, path: str, text: str) -> Path:
    file = project.spec.parent / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def test_extra_files_are_copied_with_a_header(custom_project: Project) -> None:
    write_file(custom_project, "extra/dns.tf", "locals {}\n")
    write_file(custom_project, "extra/modules/dns/main.tf", "locals {}\n")
    write_file(custom_project, "extra/policy.json", "{}\n")
    assert custom_project.generate() == "+53 ~0 -0 =0"
    copy = "# Copied from spec/extra/dns.tf. Do not edit.\n\nlocals {}\n"
    assert (custom_project.root / "dns.tf").read_text() == copy
    assert (custom_project.root / "modules/dns/main.tf").exists()
    assert (custom_project.root / "policy.json").read_text() == "{}\n", "JSON has no comments"
    manifest = (custom_project.root / ".owscale.sums").read_text()
    assert " policy.json <- spec/extra/policy.json\n" in manifest


def test_changed_or_removed_extra_file_is_drift(custom_project: Project) -> None:
    file = write_file(custom_project, "extra/dns.tf", "locals {}\n")
    custom_project.generate()
    file.write_text("locals { a = 1 }\n")
    assert custom_project.run("check") == 1
    assert f"{ROOT}/dns.tf: changed: spec/extra/dns.tf changed" in custom_project.stderr
    file.unlink()
    assert custom_project.run("check") == 1
    assert f"{ROOT}/dns.tf: orphan: spec/extra/dns.tf is gone" in custom_project.stderr
    custom_project.generate()
    assert not (custom_project.root / "dns.tf").exists()


def test_binary_files_are_copied_unchanged(custom_project: Project) -> None:
    content = bytes(range(256)) + b"\r\n"
    write_file(custom_project, "extra/logo.png", "").write_bytes(content)
    write_file(custom_project, "extra/text.tf", "").write_bytes(b"locals {}\r\n")
    custom_project.generate()
    assert (custom_project.root / "logo.png").read_bytes() == content
    assert (custom_project.root / "text.tf").read_bytes().endswith(b"locals {}\n"), "as git stores it"


def test_hidden_files_are_not_copied(custom_project: Project) -> None:
    write_file(custom_project, "extra/.DS_Store", "")
    write_file(custom_project, "extra/.terraform/providers/x", "")
    assert custom_project.generate() == "+50 ~0 -0 =0"


def test_override_replaces_a_shipped_template(custom_project: Project) -> None:
    write_file(custom_project, "own/templates/outputs.tf.j2", 'output "name" {\n  value = {{ name | hcl }}\n}\n')
    custom_project.generate()
    assert (custom_project.root / "outputs.tf").read_text() == (
        "# Generated from spec/spec.yaml by spec/own/templates/outputs.tf.j2. Do not edit.\n\n"
        'output "name" {\n  value = "minimal"\n}\n'
    )
    assert " outputs.tf <- spec/own/templates/outputs.tf.j2\n" in (custom_project.root / ".owscale.sums").read_text()


def test_override_can_include_the_template_it_replaces(custom_project: Project) -> None:
    custom_project.generate()
    before = (custom_project.root / "outputs.tf").read_text().split("\n", 1)[1]
    write_file(custom_project, "own/templates/outputs.tf.j2", '{% include "owscale/outputs.tf.j2" %}\nlocals {}\n')
    custom_project.generate()
    assert (custom_project.root / "outputs.tf").read_text().split("\n", 1)[1] == f"{before}locals {{}}\n"


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("\n{{ redsi.node_type | hcl }}\n", "2: redsi is undefined\n  hint: did you mean redis?"),
        ("{{ redis.node_typ | hcl }}\n", "1: Redis has no node_typ\n  hint: did you mean node_type?"),
        (
            "{{ service.health_check.grace | hcl }}\n",
            "1: ContainerHealthCheck has no grace\n  hint: use one of ",
        ),
        ("a = {{ redis.node_type }}\n", "1: 'cache.t4g.small' was printed without the hcl filter"),
        ("{% if x %}\n", "1: Unexpected end of template."),
        ("\n{{ name | upcase }}\n", "2: No filter named 'upcase'."),
        ("\n\n{{ 1 // 0 }}\n", "3: integer division or modulo by zero"),
        ('{% include "gone.j2" %}\n', "1: no template named gone.j2"),
    ],
)
def test_error_of_an_override_has_file_and_line(custom_project: Project, template: str, message: str) -> None:
    write_file(custom_project, "own/templates/outputs.tf.j2", template)
    assert custom_project.run("generate") == 1
    assert f"spec/own/templates/outputs.tf.j2:{message}" in custom_project.stderr
    assert "Traceback" not in custom_project.stderr
    assert not custom_project.out.exists()


def test_override_that_is_not_utf8(custom_project: Project) -> None:
    write_file(custom_project, "own/templates/outputs.tf.j2", "").write_bytes(b"\xff\xfe")
    assert custom_project.run("generate") == 1
    assert "spec/own/templates/outputs.tf.j2: not UTF-8" in custom_project.stderr


def test_files_with_a_byte_order_mark_are_read_and_utf_16_is_an_error(custom_project: Project) -> None:
    template = write_file(custom_project, "own/templates/outputs.tf.j2", "# none\n")
    template.write_bytes(b"\xef\xbb\xbf# none\n")
    custom_project.generate()
    assert (custom_project.root / "outputs.tf").read_bytes().endswith(b"Do not edit.\n\n# none\n")
    extra = write_file(custom_project, "extra/own.tf", "")
    extra.write_bytes("\ufeff# own".encode("utf-16-le"))
    assert custom_project.run("generate") == 1
    assert "spec/extra/own.tf: is UTF-16, which Terraform does not read\n  hint: save the file as UTF-8" in (
        custom_project.stderr
    )


def test_override_without_a_shipped_template_is_refused(custom_project: Project) -> None:
    write_file(custom_project, "own/templates/modules/redis/mian.tf.j2", "")
    assert custom_project.run("generate") == 1
    assert custom_project.stderr.startswith("spec/own/templates/modules/redis/mian.tf.j2: replaces no shipped template")
    assert "hint: did you mean modules/redis/main.tf.j2?" in custom_project.stderr


@pytest.mark.parametrize("name", ["main.tf", "Main.tf", "modules/redis/MAIN.tf"])
def test_extra_file_on_the_path_of_a_generated_file_is_refused(custom_project: Project, name: str) -> None:
    write_file(custom_project, f"extra/{name}", "")
    assert custom_project.run("generate") == 1
    assert f"spec/extra/{name}: conflicts with the generated file {name.lower()}\n" in custom_project.stderr


def test_extra_files_that_differ_only_in_case_are_refused(custom_project: Project) -> None:
    write_file(custom_project, "extra/A.txt", "")
    write_file(custom_project, "extra/a.txt", "")
    assert custom_project.run("generate") == 1
    assert "spec/extra/a.txt: differs only in case from spec/extra/A.txt" in custom_project.stderr


@pytest.mark.parametrize("name", ["modules", "modules/redis", "main.tf/x"])
def test_extra_file_on_the_path_of_a_directory_is_refused(custom_project: Project, name: str) -> None:
    write_file(custom_project, f"extra/{name}", "")
    assert custom_project.run("generate") == 1
    assert f"spec/extra/{name}: conflicts with the generated file " in custom_project.stderr


def test_extra_file_that_is_a_pipe_is_refused(custom_project: Project) -> None:
    os.mkfifo(custom_project.spec.parent / "extra/pipe")
    assert custom_project.run("generate") == 1
    assert "spec/extra/pipe: is not a regular file" in custom_project.stderr


def test_byte_order_mark_of_a_text_is_removed(custom_project: Project) -> None:
    write_file(custom_project, "extra/x.tf", "").write_bytes(b"\xef\xbb\xbflocals {}\n")
    custom_project.generate()
    assert b"\xef\xbb\xbf" not in (custom_project.root / "x.tf").read_bytes()


def test_lock_file_has_a_template_too(custom_project: Project) -> None:
    write_file(custom_project, "own/templates/.terraform.lock.hcl.j2", "# mine\n")
    write_file(custom_project, "own/templates/.hidden.j2", "")
    custom_project.generate()
    assert (
        " .terraform.lock.hcl <- spec/own/templates/.terraform.lock.hcl.j2\n"
        in (custom_project.root / ".owscale.sums").read_text()
    )


def test_change_of_an_included_template_is_drift(custom_project: Project) -> None:
    write_file(custom_project, "own/templates/outputs.tf.j2", '{% include "versions.tf.j2" %}\n')
    versions = write_file(custom_project, "own/templates/versions.tf.j2", "# one\n")
    custom_project.generate()
    versions.write_text("# two\n")
    assert custom_project.run("check") == 1
    assert f"{ROOT}/outputs.tf: changed: spec/own/templates/outputs.tf.j2 changed" in custom_project.stderr


def test_override_that_includes_itself(custom_project: Project) -> None:
    write_file(custom_project, "own/templates/outputs.tf.j2", '{% include "outputs.tf.j2" %}\n')
    assert custom_project.run("generate") == 1
    assert (
        "spec/own/templates/outputs.tf.j2:1: recursion: the template includes or extends itself"
        in custom_project.stderr
    )


def test_names_and_links_that_other_systems_refuse(custom_project: Project) -> None:
    write_file(custom_project, "extra/a b.tf", "")
    write_file(custom_project, "extra/con.tf", "")
    (custom_project.spec.parent / "extra/link.tf").symlink_to("/etc/hosts")
    assert custom_project.run("generate") == 1
    assert "spec/extra/a b.tf: has a name that is not portable" in custom_project.stderr
    assert "spec/extra/con.tf: has a name that is not portable" in custom_project.stderr
    assert "spec/extra/link.tf: is a symbolic link" in custom_project.stderr


def test_missing_directory_is_an_error(project: Project) -> None:
    project.change_spec("name: minimal", "name: minimal\ncustom: {extra: extra}")
    assert project.run("generate") == 1
    assert "custom.extra: spec/extra does not exist [S501]" in project.stderr


@pytest.mark.parametrize("path", ["../extra", "/etc", "a/../../b", ".", "a//b", ""])
def test_directory_outside_the_spec_directory_is_refused(project: Project, path: str) -> None:
    project.change_spec("name: minimal", f'name: minimal\ncustom: {{extra: "{path}"}}')
    assert project.run("generate") == 1
    assert "custom.extra: must be a relative path" in project.stderr


def test_environment_can_have_its_own_extra_files(custom_project: Project) -> None:
    write_file(custom_project, "extra/dns.tf", "locals {}\n")
    write_file(custom_project, "other/log.tf", "locals {}\n")
    text = custom_project.spec.read_text()
    existing = own_resources("staging")
    staging = (
        f"{{state: {{key: b.tfstate}}, service: {{name: chat-b}}, custom: {{extra: other}}, existing: {existing}}}"
    )
    custom_project.spec.write_text(f"{text}environments: {{production: {{}}, staging: {staging}}}\n")
    custom_project.generate()
    assert [path.name for path in custom_project.root.glob("*.tf") if path.name in {"dns.tf", "log.tf"}] == ["dns.tf"]
    assert (custom_project.out / "minimal/staging/log.tf").exists()

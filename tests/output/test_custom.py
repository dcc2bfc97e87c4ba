"""What a deployment brings along: extra files, and templates in the place of owscale's."""

import os
from pathlib import Path

import pytest

from tests.output.conftest import ROOT, Project


@pytest.fixture
def own(project: Project) -> Project:
    """A project whose spec names a folder of each kind."""
    project.change_spec("name: minimal", "name: minimal\ncustom: {extra: extra, templates: own/templates}")
    for folder in ("extra", "own/templates"):
        (project.spec.parent / folder).mkdir(parents=True)
    return project


def put(project: Project, path: str, text: str) -> Path:
    file = project.spec.parent / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def test_extra_files_are_copied_and_marked(own: Project) -> None:
    put(own, "extra/dns.tf", "locals {}\n")
    put(own, "extra/modules/dns/main.tf", "locals {}\n")
    put(own, "extra/policy.json", "{}\n")
    assert own.generate() == "+53 ~0 -0 =0"
    assert (own.root / "dns.tf").read_text() == "# Copied from spec/extra/dns.tf. Do not edit.\n\nlocals {}\n"
    assert (own.root / "modules/dns/main.tf").exists()
    assert (own.root / "policy.json").read_text() == "{}\n", "JSON has no comments: the manifest alone marks it"
    sums = (own.root / ".owscale.sums").read_text()
    assert " policy.json <- spec/extra/policy.json\n" in sums


def test_an_extra_file_that_changes_or_goes_is_drift(own: Project) -> None:
    file = put(own, "extra/dns.tf", "locals {}\n")
    own.generate()
    file.write_text("locals { a = 1 }\n")
    assert own.run("check") == 1
    assert f"{ROOT}/dns.tf: changed: spec/extra/dns.tf changed" in own.stderr
    file.unlink()
    assert own.run("check") == 1
    assert f"{ROOT}/dns.tf: orphan: spec/extra/dns.tf is gone" in own.stderr
    own.generate()
    assert not (own.root / "dns.tf").exists()


def test_files_that_are_not_text_are_copied_as_they_are(own: Project) -> None:
    content = bytes(range(256)) + b"\r\n"
    put(own, "extra/logo.png", "").write_bytes(content)
    put(own, "extra/text.tf", "").write_bytes(b"locals {}\r\n")
    own.generate()
    assert (own.root / "logo.png").read_bytes() == content
    assert (own.root / "text.tf").read_bytes().endswith(b"locals {}\n"), "as git would check it in"


def test_hidden_files_are_not_copied(own: Project) -> None:
    put(own, "extra/.DS_Store", "")
    put(own, "extra/.terraform/providers/x", "")
    assert own.generate() == "+50 ~0 -0 =0"


def test_an_own_template_takes_the_place_of_owscales(own: Project) -> None:
    put(own, "own/templates/outputs.tf.j2", 'output "name" {\n  value = {{ name | hcl }}\n}\n')
    own.generate()
    assert (own.root / "outputs.tf").read_text() == (
        "# Generated from spec/spec.yaml by spec/own/templates/outputs.tf.j2. Do not edit.\n\n"
        'output "name" {\n  value = "minimal"\n}\n'
    )
    assert " outputs.tf <- spec/own/templates/outputs.tf.j2\n" in (own.root / ".owscale.sums").read_text()


def test_an_own_template_may_include_the_one_it_replaces(own: Project) -> None:
    own.generate()
    before = (own.root / "outputs.tf").read_text().split("\n", 1)[1]
    put(own, "own/templates/outputs.tf.j2", '{% include "owscale/outputs.tf.j2" %}\nlocals {}\n')
    own.generate()
    assert (own.root / "outputs.tf").read_text().split("\n", 1)[1] == f"{before}locals {{}}\n"


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("\n{{ redsi.node_type | hcl }}\n", "2: redsi is undefined\n  hint: did you mean redis?"),
        ("{{ redis.node_typ | hcl }}\n", "1: Redis has no node_typ\n  hint: did you mean node_type?"),
        (
            "{{ service.health_check.grace | hcl }}\n",
            "1: ContainerHealthCheck has no grace\n  hint: there are ",
        ),
        ("a = {{ redis.node_type }}\n", "1: 'cache.t4g.small' was printed without the hcl filter"),
        ("{% if x %}\n", "1: Unexpected end of template."),
        ("\n{{ name | upcase }}\n", "2: No filter named 'upcase'."),
        ("\n\n{{ 1 // 0 }}\n", "3: integer division or modulo by zero"),
        ('{% include "gone.j2" %}\n', "1: no template is called gone.j2"),
    ],
)
def test_a_broken_template_is_told_with_its_line(own: Project, template: str, said: str) -> None:
    put(own, "own/templates/outputs.tf.j2", template)
    assert own.run("generate") == 1
    assert f"spec/own/templates/outputs.tf.j2:{said}" in own.stderr
    assert "Traceback" not in own.stderr
    assert not own.out.exists()


def test_a_template_that_is_not_text(own: Project) -> None:
    put(own, "own/templates/outputs.tf.j2", "").write_bytes(b"\xff\xfe")
    assert own.run("generate") == 1
    assert "spec/own/templates/outputs.tf.j2: is not UTF-8" in own.stderr


def test_a_template_of_nothing_is_a_mistake(own: Project) -> None:
    put(own, "own/templates/modules/redis/mian.tf.j2", "")
    assert own.run("generate") == 1
    assert own.stderr.startswith("spec/own/templates/modules/redis/mian.tf.j2: takes the place of no template")
    assert "hint: did you mean modules/redis/main.tf.j2?" in own.stderr


@pytest.mark.parametrize("name", ["main.tf", "Main.tf", "modules/redis/MAIN.tf"])
def test_an_extra_file_in_the_place_of_a_generated_one(own: Project, name: str) -> None:
    put(own, f"extra/{name}", "")
    assert own.run("generate") == 1
    assert f"spec/extra/{name}: {name.lower()} is a generated file" in own.stderr


def test_extra_files_that_some_disks_take_for_one(own: Project) -> None:
    put(own, "extra/A.txt", "")
    put(own, "extra/a.txt", "")
    assert own.run("generate") == 1
    assert "spec/extra/a.txt: some disks take it for spec/extra/A.txt" in own.stderr


@pytest.mark.parametrize("name", ["modules", "modules/redis", "main.tf/x"])
def test_an_extra_file_in_the_way_of_generated_ones(own: Project, name: str) -> None:
    put(own, f"extra/{name}", "")
    assert own.run("generate") == 1
    assert f"spec/extra/{name}: " in own.stderr
    assert "is a generated file" in own.stderr


def test_a_pipe_among_the_extra_files(own: Project) -> None:
    os.mkfifo(own.spec.parent / "extra/pipe")
    assert own.run("generate") == 1
    assert "spec/extra/pipe: is neither file nor folder" in own.stderr


def test_a_mark_at_the_beginning_of_a_text(own: Project) -> None:
    put(own, "extra/x.tf", "").write_bytes(b"\xef\xbb\xbflocals {}\n")
    own.generate()
    assert b"\xef\xbb\xbf" not in (own.root / "x.tf").read_bytes()


def test_the_lock_file_has_a_template_too(own: Project) -> None:
    put(own, "own/templates/.terraform.lock.hcl.j2", "# mine\n")
    put(own, "own/templates/.hidden.j2", "")
    own.generate()
    assert (
        " .terraform.lock.hcl <- spec/own/templates/.terraform.lock.hcl.j2\n"
        in (own.root / ".owscale.sums").read_text()
    )


def test_an_included_template_is_a_source_too(own: Project) -> None:
    put(own, "own/templates/outputs.tf.j2", '{% include "versions.tf.j2" %}\n')
    versions = put(own, "own/templates/versions.tf.j2", "# one\n")
    own.generate()
    versions.write_text("# two\n")
    assert own.run("check") == 1
    assert f"{ROOT}/outputs.tf: changed: spec/own/templates/outputs.tf.j2 changed" in own.stderr


def test_a_template_that_includes_itself(own: Project) -> None:
    put(own, "own/templates/outputs.tf.j2", '{% include "outputs.tf.j2" %}\n')
    assert own.run("generate") == 1
    assert "spec/own/templates/outputs.tf.j2:1: includes or extends itself" in own.stderr


def test_names_and_links_that_go_wrong_elsewhere(own: Project) -> None:
    put(own, "extra/a b.tf", "")
    put(own, "extra/con.tf", "")
    (own.spec.parent / "extra/link.tf").symlink_to("/etc/hosts")
    assert own.run("generate") == 1
    assert "spec/extra/a b.tf: a name that not every system takes" in own.stderr
    assert "spec/extra/con.tf: a name that not every system takes" in own.stderr
    assert "spec/extra/link.tf: is a symbolic link" in own.stderr


def test_a_folder_that_is_not_there(project: Project) -> None:
    project.change_spec("name: minimal", "name: minimal\ncustom: {extra: extra}")
    assert project.run("generate") == 1
    assert "custom.extra: spec/extra is not there [S501]" in project.stderr


@pytest.mark.parametrize("path", ["../extra", "/etc", "a/../../b", ".", "a//b", ""])
def test_a_folder_elsewhere_is_refused(project: Project, path: str) -> None:
    project.change_spec("name: minimal", f'name: minimal\ncustom: {{extra: "{path}"}}')
    assert project.run("generate") == 1
    assert "custom.extra: must be a relative path" in project.stderr


def test_an_environment_may_have_parts_of_its_own(own: Project) -> None:
    put(own, "extra/dns.tf", "locals {}\n")
    put(own, "other/log.tf", "locals {}\n")
    text = own.spec.read_text()
    staging = "{state: {key: b.tfstate}, service: {name: chat-b}, custom: {extra: other}}"
    own.spec.write_text(f"{text}environments: {{production: {{}}, staging: {staging}}}\n")
    own.generate()
    assert [path.name for path in own.root.glob("*.tf") if path.name in {"dns.tf", "log.tf"}] == ["dns.tf"]
    assert (own.out / "minimal/staging/log.tf").exists()

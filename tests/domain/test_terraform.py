"""The versions of Terraform and of the AWS provider, stated once."""

import re

import pytest

from owscale.domain.terraform import AWS_PROVIDERS, OLDEST_TERRAFORM, OPENTOFU, TERRAFORM, product_of, same_registry
from owscale.spec.models.terraform import TerraformRequirements
from tests._support.cases import PROJECT

TEXTS = ["README.md", "docs/contributing.md", "docs/opentofu.md", "templates/versions.tf.j2"]


@pytest.mark.parametrize("path", TEXTS)
def test_documents_have_the_oldest_version(path: str) -> None:
    text = (PROJECT / path).read_text(encoding="utf-8")
    named = re.findall(r"(?:Terraform|OpenTofu\]?(?:\([^)]*\))?) (\d+\.\d+)", text)
    assert named
    assert set(named) == {OLDEST_TERRAFORM}


def test_templates_have_no_version_of_their_own() -> None:
    for path in (PROJECT / "templates").rglob("versions.tf.j2"):
        code = re.sub(r"#.*", "", path.read_text(encoding="utf-8"))
        assert not re.search(r"\d", code), path


def test_spec_can_choose_every_provider() -> None:
    field = TerraformRequirements.model_fields["aws_provider"]
    assert field.annotation
    assert set(field.annotation.__args__) == AWS_PROVIDERS.keys()
    assert AWS_PROVIDERS[field.default].has_lock_file, "only this version is run in the tests"
    for major, provider in AWS_PROVIDERS.items():
        assert provider.constraint.startswith(f"~> {major}.")


@pytest.mark.parametrize(
    ("program", "product"),
    [
        ("terraform", TERRAFORM),
        ("/opt/tofu/bin/terraform", TERRAFORM),
        ("tofu", OPENTOFU),
        ("/usr/bin/tofu-1.11", OPENTOFU),
    ],
)
def test_product_follows_from_the_name(program: str, product: object) -> None:
    assert product_of(program) is product


@pytest.mark.parametrize(
    ("provider", "same"),
    [
        ("registry.opentofu.org/hashicorp/aws", "registry.terraform.io/hashicorp/aws"),
        ("registry.terraform.io/hashicorp/aws", "registry.terraform.io/hashicorp/aws"),
        ("registry.opentofu.org.example.com/hashicorp/aws", "registry.opentofu.org.example.com/hashicorp/aws"),
        ("terraform.io/builtin/terraform", "terraform.io/builtin/terraform"),
        ("", ""),
    ],
)
def test_only_the_registry_of_opentofu_is_read_as_that_of_terraform(provider: str, same: str) -> None:
    assert same_registry(provider) == same

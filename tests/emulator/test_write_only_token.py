"""The modules of provider 6 that handle the Redis token: it reaches Redis and the URL, and stays out of plan and state.

They run with provider 5.100, which has every type of the module `secrets`. A secret takes the place of Redis: its
write-only value and version are arguments like `auth_token_wo` and `auth_token_wo_version`.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import boto3
import pytest

from owscale.terraform.runner import Terraform
from tests._support.cases import GOLDEN
from tests._support.emulator import server
from tests._support.emulator.account import REGION
from tests._support.emulator.lifecycle import PROFILE, use_emulator
from tests._support.shared_provider import shared_provider

pytestmark = pytest.mark.xdist_group("redis token")

MANAGED_5 = GOLDEN / "minimal/out/minimal/production/modules/secrets"
MANAGED_6 = GOLDEN / "provider-6/out/provider-6/production/modules/secrets"
JSON_5 = GOLDEN / "json-secrets/out/json-secrets/production/modules/secrets"
JSON_6 = GOLDEN / "provider-6/out/provider-6/staging/modules/secrets"
REDIS = "aws_secretsmanager_secret_version.redis"
VERSION = "module.secrets.redis_token_version"
ROOT = f"""\
provider "aws" {{
  profile = "{PROFILE}"
  region  = "{REGION}"
}}

variable "token_version" {{
  type    = number
  default = 1
}}

module "secrets" {{
  source = "./secrets"

  name                 = "NAME"
  recovery_window_days = 0
  redis_endpoint       = "redis.example.com"
  redis_port           = 6379
  ARGUMENTS
}}

resource "aws_secretsmanager_secret" "redis" {{
  name                    = "NAME-redis"
  recovery_window_in_days = 0
}}

resource "aws_secretsmanager_secret_version" "redis" {{
  secret_id                = aws_secretsmanager_secret.redis.id
  secret_string_wo         = module.secrets.redis_token
  secret_string_wo_version = VERSION
}}
"""


class TokenModule:
    """The secrets module of a deployment, and a secret in the place of Redis."""

    def __init__(self, root: Path, name: str, client: Any) -> None:
        self._root, self._name, self._client, self._terraform = root, name, client, Terraform(root)

    def use(self, module: Path, version: str, *arguments: str) -> None:
        """Use the module of another deployment."""
        shutil.rmtree(self._root / "secrets", ignore_errors=True)
        shutil.copytree(module, self._root / "secrets")
        versions = self._root / "secrets/versions.tf"
        versions.write_text(versions.read_text().replace("~> 6.69", "~> 5.100"))
        text = ROOT.replace("NAME", self._name).replace("ARGUMENTS", "\n  ".join(arguments)).replace("VERSION", version)
        (self._root / "main.tf").write_text(text)
        assert self._terraform.init().code == 0

    def plan(self, *options: str) -> dict[str, list[str]]:
        """Return the actions of a plan that change something, by address. No part of the plan has the token."""
        code, text = self._run("plan", "-out=next.tfplan", *options)
        assert code == 0, text
        shown = self._terraform.run("show", "-json", "next.tfplan")
        assert shown.code == 0, shown.stderr
        plan = shown.stdout
        assert self.redis is None or self.redis not in plan + text
        changes = json.loads(plan)["resource_changes"]
        return {
            each["address"]: each["change"]["actions"] for each in changes if each["change"]["actions"] != ["no-op"]
        }

    def apply(self, *options: str) -> None:
        """Apply; then Redis has the token of the URL, and the state does not."""
        code, text = self._run("apply", "-auto-approve", *options)
        assert code == 0, text

    def require_token_outside_state(self) -> str:
        """Return the token of Redis and of the URL. It is not in the state."""
        token = self.redis
        assert token
        assert unquote(urlsplit(self._value("/redis-url-")).password or "") == token
        assert token not in (self._root / "terraform.tfstate").read_text()
        return token

    @property
    def redis(self) -> str | None:
        """The token that Redis got last."""
        return self._value("-redis") or None

    def _value(self, part: str) -> str:
        """Return the value of the secret whose name begins so; empty for none."""
        names = [each["Name"] for each in self._client.list_secrets()["SecretList"]]
        [name] = [name for name in names if name.startswith(f"{self._name}{part}")] or [None]
        try:
            return str(self._client.get_secret_value(SecretId=name)["SecretString"]) if name else ""
        except self._client.exceptions.ResourceNotFoundException:  # a secret without a version
            return ""

    def failed_plan(self) -> str:
        """Return the output of a plan that fails."""
        code, text = self._run("plan")
        assert code == 1
        return text

    def _run(self, command: str, *options: str) -> tuple[int, str]:
        result = self._terraform.run(command, "-no-color", "-input=false", *options)
        return result.code, result.stdout + result.stderr


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, terraform: str) -> Iterator[Any]:  # noqa: ARG001 -- the binary must be there
    with server.running() as url, pytest.MonkeyPatch.context() as patch:
        use_emulator(tmp_path_factory.mktemp("credentials"), url, patch)
        session = boto3.Session("test", "test", region_name=REGION)
        with shared_provider():
            yield session.client("secretsmanager", endpoint_url=url)


def test_managed_token_leaves_the_state_and_rotates(client: Any, tmp_path: Path) -> None:
    module = TokenModule(tmp_path, "managed", client)
    arguments = ("redis_token_version = var.token_version", "webui_secret_key_version = 1")
    module.use(MANAGED_5, "1", *arguments)
    module.apply()
    old = module.redis
    assert old
    assert old in (tmp_path / "terraform.tfstate").read_text()

    module.use(MANAGED_6, VERSION, *arguments)
    assert module.plan() == {REDIS: ["delete", "create"]}  # neither the token nor the URL is written again
    module.apply()
    assert module.require_token_outside_state() == old
    assert module.plan() == {}

    assert REDIS in module.plan("-var=token_version=2")
    module.apply("-var=token_version=2")
    assert module.require_token_outside_state() != old
    assert module.plan("-var=token_version=2") == {}


def test_token_of_an_existing_secret_is_followed(client: Any, tmp_path: Path) -> None:
    tokens = ["first-Token-0123456789", "a#b&c$d^e<f>g-h!0123456789"]
    arn = client.create_secret(Name="token", SecretString=json.dumps({"redis_token": tokens[0]}))["ARN"]
    module = TokenModule(tmp_path, "existing", client)
    token = (f'redis_token_secret_arn = "{arn}"', 'redis_token_key = "redis_token"')
    module.use(JSON_5, "1", *token, f'webui_secret_key_arn = "{arn}:webui_secret_key::"')
    module.apply()

    module.use(JSON_6, VERSION, *token, "webui_secret_key_version = 1")  # and a session key, which is not compared
    changes = module.plan()
    assert changes.pop(REDIS) == ["delete", "create"]
    assert all("webui_secret_key" in address for address in changes)  # the URL is not written again
    module.apply()
    assert module.require_token_outside_state() == tokens[0]
    assert module.plan() == {}

    client.put_secret_value(SecretId=arn, SecretString=json.dumps({"redis_token": tokens[1]}))
    assert REDIS in module.plan()
    module.apply()
    assert module.require_token_outside_state() == tokens[1]
    assert module.plan() == {}

    client.put_secret_value(SecretId=arn, SecretString=json.dumps({"redis_token": f"{tokens[0]}\n"}))
    text = module.failed_plan()
    assert "its value the token alone" in text
    assert tokens[0] not in text

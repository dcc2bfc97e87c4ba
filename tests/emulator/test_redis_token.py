"""An existing Redis token in the URL for Open WebUI: encoded, checked by the plan, and never printed."""

import json
import re
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

MODULE = GOLDEN / "https-valkey/out/https-valkey/production/modules/secrets"
MODULE_FOR_JSON = GOLDEN / "json-secrets/out/json-secrets/production/modules/secrets"
PLAIN, SPECIAL = "plain-Token-0123456789", "a#b&c$d^e<f>g-h!0123456789"
ENCODED = "${urlencode(ephemeral.aws_secretsmanager_secret_version.redis_token.secret_string)}"
PLAIN_REFERENCE = "${ephemeral.aws_secretsmanager_secret_version.redis_token.secret_string}"
TRIGGER = 'local.redis_token_is_encoded ? { encoding = "percent" } : {},'
ROOT = f"""\
provider "aws" {{
  profile = "{PROFILE}"
  region  = "{REGION}"
}}

variable "token_arn" {{
  type = string
}}

module "secrets" {{
  source = "./secrets"

  name                   = "chat"
  recovery_window_days   = 0
  redis_endpoint         = "redis.example.com"
  redis_port             = 6379
  redis_token_secret_arn = var.token_arn
  webui_secret_key_arn   = "arn:aws:secretsmanager:{REGION}:123456789012:secret:chat/key-AbCdEf"
}}
"""


class SecretsModule:
    """The secrets module of a deployment with an existing token, in a root module of its own."""

    def __init__(self, root: Path, client: Any) -> None:
        self._client, self._terraform, self._root = client, Terraform(root), root
        self._arn = client.create_secret(Name="token", SecretString=PLAIN)["ARN"]
        shutil.copytree(MODULE, root / "secrets")
        (root / "main.tf").write_text(ROOT)
        self._code = (root / "secrets/main.tf").read_text()
        assert self._terraform.init("-no-color").code == 0

    def set_token(self, token: str) -> None:
        """Write another token into its secret."""
        self._client.put_secret_value(SecretId=self._arn, SecretString=token)

    def set_encoding(self, *, enabled: bool) -> None:
        """Write the module as it is, or as it was before it encoded the token."""
        code = self._code if enabled else self._code.replace(ENCODED, PLAIN_REFERENCE).replace(TRIGGER, "")
        assert (code == self._code) == enabled
        (self._root / "secrets/main.tf").write_text(code)

    def use_json(self, key: str) -> None:
        """Use the module that reads the token from a key of JSON."""
        shutil.copytree(MODULE_FOR_JSON, self._root / "secrets", dirs_exist_ok=True)
        argument = f'  redis_token_key = "{key}"\n  redis_token_secret_arn ='
        (self._root / "main.tf").write_text(ROOT.replace("  redis_token_secret_arn =", argument))

    def plan(self) -> tuple[int, str]:
        """Return the detailed exit code and the output of a plan."""
        return self._run("plan", "-detailed-exitcode")

    def apply(self) -> str:
        """Apply, and return the URL that Open WebUI gets."""
        code, text = self._run("apply", "-auto-approve")
        assert code == 0, text
        names = {secret["Name"]: secret["ARN"] for secret in self._client.list_secrets()["SecretList"]}
        [arn] = [arn for name, arn in names.items() if name.startswith("chat/redis-url-")]
        url: str = self._client.get_secret_value(SecretId=arn)["SecretString"]
        return url

    def _run(self, command: str, *options: str) -> tuple[int, str]:
        result = self._terraform.run(command, "-no-color", "-input=false", f"-var=token_arn={self._arn}", *options)
        return result.code, result.stdout + result.stderr


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory, terraform: str) -> Iterator[SecretsModule]:  # noqa: ARG001 -- the binary must be there
    with server.running() as url, pytest.MonkeyPatch.context() as patch:
        use_emulator(tmp_path_factory.mktemp("credentials"), url, patch)
        session = boto3.Session("test", "test", region_name=REGION)
        with shared_provider():
            yield SecretsModule(tmp_path_factory.mktemp("root"), session.client("secretsmanager", endpoint_url=url))


def test_only_a_url_that_needs_it_is_written_again(module: SecretsModule) -> None:
    module.set_encoding(enabled=False)
    assert module.apply() == f"rediss://:{PLAIN}@redis.example.com:6379/0"
    module.set_encoding(enabled=True)
    assert module.plan()[0] == 0

    module.set_encoding(enabled=False)
    module.set_token(SPECIAL)
    assert module.apply() == f"rediss://:{SPECIAL}@redis.example.com:6379/0"  # redis-py reads `a` as a port
    module.set_encoding(enabled=True)
    url = urlsplit(module.apply())
    assert (url.hostname, url.port, url.fragment) == ("redis.example.com", 6379, "")
    assert unquote(url.password or "") == SPECIAL
    assert module.plan()[0] == 0


def test_plan_refuses_what_is_no_token_without_printing_it(module: SecretsModule) -> None:
    module.set_encoding(enabled=True)
    module.set_token(f"{PLAIN}\n")
    code, text = module.plan()
    assert code == 1
    assert "must be the token alone" in text
    assert PLAIN not in text


def test_token_can_be_a_key_of_json(module: SecretsModule) -> None:
    module.use_json("redis_token")
    module.set_token(json.dumps({"redis_token": SPECIAL, "other": PLAIN}))
    assert unquote(urlsplit(module.apply()).password or "") == SPECIAL
    assert module.plan()[0] == 0
    for wrong in (PLAIN, json.dumps({"other": PLAIN}), json.dumps({"redis_token": f"{PLAIN}\n"})):
        module.set_token(wrong)
        code, text = module.plan()
        assert code == 1
        assert "must be JSON with that key" in text
        assert PLAIN not in text


@pytest.mark.parametrize(
    ("token", "is_valid"),
    [
        (PLAIN, True),
        (SPECIAL, True),
        ("x" * 15, False),
        ("x" * 16, True),
        ("x" * 128, True),
        ("x" * 129, False),
        (f'{{"token": "{PLAIN}"}}', False),
        (f"{PLAIN}@{PLAIN}", False),
        (f"{PLAIN} ", False),
    ],
)
def test_pattern_of_a_token(token: str, *, is_valid: bool) -> None:
    [pattern] = re.findall(r'regex\("(.+?)", self', (MODULE / "main.tf").read_text())
    assert bool(re.search(pattern, token)) == is_valid

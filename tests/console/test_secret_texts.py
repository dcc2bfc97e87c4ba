"""Secrets in texts. The secrets here are examples; parts of them are joined, so that scanners ignore this file."""

import time

import pytest

from owscale.console.secret_texts import find_secrets, mask_secrets, mask_source

SECRETS = {
    "postgresql://chat:EXAMPLE-password@db.example.com/chat": "EXAMPLE-password",
    "postgresql+asyncpg://chat:EXAMPLE@p!ss@db.example.com/chat": "EXAMPLE@p!ss",
    "http://proxy:EXAMPLE%40password@proxy.example.com:3128": "EXAMPLE%40password",
    "redis://:EXAMPLE-password@cache.example.com:6379/0": "EXAMPLE-password",
    "host=db user=chat password=EXAMPLE dbname=chat": "password=EXAMPLE",
    "Authorization=Bearer%20EXAMPLE0123456789": "EXAMPLE0123456789",
    "Authorization: Basic RVhBTVBMRTpFWEFNUExFMQ==": "RVhBTVBMRTpFWEFNUExFMQ",
    "x-tenant=chat,x-api-key=EXAMPLE0123456789": "EXAMPLE0123456789",
    '[{"url": "https://tools.example.com", "key": "EXAMPLE-0123456789"}]': "EXAMPLE-0123456789",
    '{"servers": "{\\"api_key\\": \\"EXAMPLE-0123456789\\"}"}': "EXAMPLE-0123456789",
    "https://hooks.slack.com/services/" + "T0EXAMPLE/B0EXAMPLE/EXAMPLE0123456789": "EXAMPLE0123456789",
    "https://example.webhook.office.com/webhookb2/EXAMPLE-0123@EXAMPLE": "EXAMPLE-0123",
    "https://discord.com/api/webhooks/012345678901234567/EXAMPLE-0123456789": "EXAMPLE-0123456789",
    "https://chat.googleapis.com/v1/spaces/A/messages?key=EXAMPLE0123&token=EXAMPLE0123": "EXAMPLE0123",
    "https://x.logic.azure.com/workflows/a/invoke?api-version=2016&sig=EXAMPLE0123": "EXAMPLE0123",
    "sk-" + "proj-EXAMPLE-0123456789": "EXAMPLE-0123456789",
    "sk-" + "ant-api03-EXAMPLE0123456789": "EXAMPLE0123456789",
    "gsk_" + "EXAMPLE0123456789EXAMPLE": "EXAMPLE0123456789EXAMPLE",
    "AIza" + "EXAMPLE0123456789EXAMPLE0123456789E": "EXAMPLE0123456789EXAMPLE0123456789E",
    "hf_" + "EXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPL": "EXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPL",
    '{"authToken": "EXAMPLE-token"}': "EXAMPLE-token",
    "signoz-ingestion-key=EXAMPLE0123456789": "EXAMPLE0123456789",
    "ghp_" + "EXAMPLE0EXAMPLE0EXAMPLE0EXAMPLE01234": "EXAMPLE0EXAMPLE0EXAMPLE0EXAMPLE01234",
    "AKIA" + "EXAMPLE012345678": "EXAMPLE012345678",
    "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiJFWEFNUExFIn0.RVhBTVBMRS0wMTIzNDU2Nzg5": "RVhBTVBMRS0wMTIzNDU2Nzg5",
    "-----BEGIN PRIVATE " + "KEY-----\nRVhBTVBMRSBFWEFNUExF\n-----END PRIVATE KEY-----": "RVhBTVBMRSBFWEFNUExF",
    "-----BEGIN ENCRYPTED PRIVATE " + "KEY-----\\nRVhBTVBMRSBFWEFNUExF": "RVhBTVBMRSBFWEFNUExF",
    "EXAMPLE9fJ2kLq7Zx4Vb1Nc8Md3Rt6Yh5Gw0PsUe": "9fJ2kLq7Zx4Vb1Nc8Md3Rt6Yh5Gw0PsUe",
    "9f2c4e1b7a3d5f8091c2e4b6a7d8f0e1": "9f2c4e1b7a3d5f8091c2e4b6a7d8f0e1",
}
"""A text, and the part of it that no output may have."""

NO_SECRETS = [
    "111122223333",
    "arn:aws:secretsmanager:eu-west-1:111122223333:secret:chat-database-AbCdEf",
    "arn:aws:secretsmanager:eu-west-1:111122223333:secret:chat-AbCdEf:password::",
    "arn:aws:sns:us-east-1:123456789012:a-topic-with-a-name-of-more-than-35-characters",
    "arn:aws-cn:kms:cn-north-1:111122223333:key/0f9e8d7c-6b5a-4f3e-9d1c-0b9a8f7e6d5c",
    "0f9e8d7c-6b5a-4f3e-9d1c-0b9a8f7e6d5c",
    "subnet-0f9e8d7c6b5a4f3e2",
    "fsap-0f9e8d7c6b5a4f3e2",
    "ghcr.io/open-webui/open-webui@sha256:" + "0f9e8d7c6b5a4f3e" * 4,
    "111122223333.dkr.ecr.eu-west-1.amazonaws.com/github/open-webui/open-webui:v0.12.4",
    "postgresql://chat@db.example.com:5432/chat",
    "postgresql://chat:${DB_PASSWORD}@db.example.com/chat",
    "postgresql://<user>:<password>@db.example.com/chat",
    "https://login.microsoftonline.com/0f9e8d7c-6b5a-4f3e-9d1c-0b9a8f7e6d5c/v2.0/.well-known/openid-configuration",
    "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI/.well-known/openid-configuration",
    "https://chat.example.com:8443/users/@me",
    "deepseek-ai/DeepSeek-R1-Distill-Qwen-32B-Instruct-AWQ",
    "nvidia/Llama-3_3-Nemotron-Super-49B-v1",
    "sentence-transformers/all-MiniLM-L6-v2",
    "/app/backend/data/cache/embedding/models",
    "openid email profile offline_access",
    "the password is rotated, the token too: both are in the vault",
    "(&(objectClass=person)(memberOf=cn=chat,ou=groups,dc=example,dc=com))",
    '{"workspace": {"models": true}, "features": {"api_keys": true}}',
    "gpt-4o;claude-sonnet-4;text-embedding-3-large",
    "APACMarketing",
    "script-src 'self' 'sha256-RFWPLDbv2BY+rCkDzsE+0fr8ylGr2R2faWMhq4lfEQc='",
    '{"name": "functionName1", "parameters": {"requiredFunctionParam1Key": "requiredFunctionParam1Value"}}',
    "fc-production-cluster-2024-eu",
    "hf_models_cache_2024_v1_eu_west",
    "http://a.example.com:8080/v1;http://b.example.com:8080/v1",
    "https://openwebui.com/?client_id=openwebui&logout_uri=https://chat.example.com",
    "user_id=42;max_tokens=128000;sort_key=created_at",
    "audio-24khz-160kbitrate-mono-mp3",
    "feature/TICKET-12345-upgrade-open-webui-to-0.12.4",
]


@pytest.mark.parametrize(("text", "secret"), SECRETS.items())
def test_secret_is_found_and_masked(text: str, secret: str) -> None:
    assert find_secrets(text, "EXTRA_SETTING")
    assert secret not in mask_secrets(text)
    assert secret not in mask_secrets(f"the value {text} is wrong")
    masked = mask_source(f"    EXTRA_SETTING: {text}")
    assert secret not in masked
    assert len(masked) == len(f"    EXTRA_SETTING: {text}")


@pytest.mark.parametrize("text", NO_SECRETS)
def test_other_texts_are_no_secrets(text: str) -> None:
    assert not find_secrets(text, "EXTRA_SETTING")
    assert mask_secrets(text) == text


@pytest.mark.parametrize("name", ["OAUTH_CLIENT_ID", "client_id", "id", "commit", "GIT_SHA"])
def test_random_identifier_is_no_secret(name: str) -> None:
    assert not find_secrets("EXAMPLE9fJ2kLq7Zx4Vb1Nc8Md3Rt6Yh5Gw0PsUe", name)
    assert find_secrets("sk-" + "EXAMPLE-0123456789", name)


@pytest.mark.parametrize(
    "line",
    [
        "  DB_PASSWORD: EXAMPLE",
        "  {LDAP_APP_PASSWORD: 'EXAMPLE', PORT: 1}",
        '  "ADMIN_TOKEN": "EXAMPLE',
        "  password: EXAMPLE",
    ],
)
def test_source_line_hides_a_value_by_its_name(line: str) -> None:
    assert "EXAMPLE" not in mask_source(line)
    assert len(mask_source(line)) == len(line)


def test_source_line_without_a_secret_stays() -> None:
    line = (
        "    database: {url_secret_arn: arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf, key: a.tfstate}"
    )
    assert mask_source(line) == line


@pytest.mark.parametrize(
    "part", ["eyJ", "secret", "a-", "x://", "key=", "//a", "BEGIN ", "0", "sk-", '"key": ', "bearer "]
)
def test_time_is_linear(part: str) -> None:
    text = part * (40_000 // len(part))
    start = time.process_time()
    find_secrets(text)
    assert time.process_time() - start < 3


def test_secret_in_a_long_text_is_found_at_any_place() -> None:
    for length in range(0, 9000, 500):
        assert find_secrets(f"{'a ' * (length // 2)} sk-EXAMPLE-0123456789 {'b ' * 3000}")

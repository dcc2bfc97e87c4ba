# Generated from spec.yaml by templates/modules/secrets/main.tf.j2. Do not edit.

# Secret values are ephemeral and written through write-only arguments, so they are stored neither in a plan nor in the
# state. Terraform writes a value once, and a new value when its version in the spec increases. Names end in a random
# suffix, because a deleted secret keeps its name until its recovery window ends.

resource "aws_secretsmanager_secret" "webui_secret_key" {
  #checkov:skip=CKV_AWS_149:encrypted with a key of AWS; existing.kms_key_arn in the spec sets a customer-managed key
  #checkov:skip=CKV2_AWS_57:a new key ends every session: rotate it with secrets.webui_secret_key_version
  name_prefix             = "${var.name}/webui-secret-key-"
  description             = "WEBUI_SECRET_KEY: signs sessions and encrypts stored tokens, the same in every task"
  recovery_window_in_days = var.recovery_window_days
}

ephemeral "aws_secretsmanager_random_password" "webui_secret_key" {
  exclude_punctuation = true
  password_length     = 64
}

resource "aws_secretsmanager_secret_version" "webui_secret_key" {
  secret_id                = aws_secretsmanager_secret.webui_secret_key.id
  secret_string_wo         = coalesce(var.webui_secret_key, ephemeral.aws_secretsmanager_random_password.webui_secret_key.random_password)
  secret_string_wo_version = var.webui_secret_key_version
}

# The versions of the secret, without their values.
data "aws_secretsmanager_secret_versions" "redis_token" {
  secret_id = var.redis_token_secret_arn
}

locals {
  redis_token_version_id = one([
    for version in data.aws_secretsmanager_secret_versions.redis_token.versions : version.version_id
    if contains(version.version_stages, "AWSCURRENT")
  ])
}

ephemeral "aws_secretsmanager_secret_version" "redis_token" {
  secret_id  = var.redis_token_secret_arn
  version_id = local.redis_token_version_id
}

resource "aws_secretsmanager_secret" "redis_url" {
  #checkov:skip=CKV_AWS_149:encrypted with a key of AWS; existing.kms_key_arn in the spec sets a customer-managed key
  #checkov:skip=CKV2_AWS_57:changes with the Redis token
  name_prefix             = "${var.name}/redis-url-"
  description             = "REDIS_URL and WEBSOCKET_REDIS_URL, token included"
  recovery_window_in_days = var.recovery_window_days
}

# Terraform cannot compare a write-only value. These are the parts of the URL: a change of one writes a new URL.
resource "terraform_data" "redis_url" {
  input = {
    endpoint      = var.redis_endpoint
    port          = var.redis_port
    token_version = local.redis_token_version_id
  }
}

resource "aws_secretsmanager_secret_version" "redis_url" {
  secret_id                = aws_secretsmanager_secret.redis_url.id
  secret_string_wo         = "rediss://:${urlencode(jsondecode(ephemeral.aws_secretsmanager_secret_version.redis_token.secret_string)[var.redis_token_key])}@${var.redis_endpoint}:${var.redis_port}/0"
  secret_string_wo_version = 1

  lifecycle {
    replace_triggered_by = [terraform_data.redis_url]
  }
}

# Generated from spec/spec.yaml by templates/modules/secrets/main.tf.j2. Do not edit.

# Values are made and passed on as ephemeral values and written through write-only arguments: they reach neither a
# plan nor the state. A value is written once; raising its version in the spec writes a new one. Names end in a random
# suffix because a deleted secret keeps its name until its recovery window is over.

resource "aws_secretsmanager_secret" "webui_secret_key" {
  #checkov:skip=CKV_AWS_149:encrypted with AWS's key; existing.kms_key_arn in the spec names another
  #checkov:skip=CKV2_AWS_57:a new key ends every session, so people choose when: secrets.webui_secret_key_version
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

resource "aws_secretsmanager_secret" "redis_token" {
  #checkov:skip=CKV_AWS_149:encrypted with AWS's key; existing.kms_key_arn in the spec names another
  #checkov:skip=CKV2_AWS_57:the token changes together with the Redis nodes: secrets.redis_token_version
  name_prefix             = "${var.name}/redis-token-"
  description             = "Token of the Redis nodes"
  recovery_window_in_days = var.recovery_window_days
}

# Letters and digits alone: the token is part of a URL.
ephemeral "aws_secretsmanager_random_password" "redis_token" {
  exclude_punctuation = true
  password_length     = 64
}

resource "aws_secretsmanager_secret_version" "redis_token" {
  secret_id                = aws_secretsmanager_secret.redis_token.id
  secret_string_wo         = ephemeral.aws_secretsmanager_random_password.redis_token.random_password
  secret_string_wo_version = var.redis_token_version
}

# By its version, so that a plan defers the read for a new token alone, and not for a new tag of the secret.
data "aws_secretsmanager_secret_version" "redis_token" {
  secret_id  = aws_secretsmanager_secret_version.redis_token.secret_id
  version_id = aws_secretsmanager_secret_version.redis_token.version_id
}

ephemeral "aws_secretsmanager_secret_version" "redis_token" {
  secret_id  = data.aws_secretsmanager_secret_version.redis_token.secret_id
  version_id = data.aws_secretsmanager_secret_version.redis_token.version_id
}

resource "aws_secretsmanager_secret" "redis_url" {
  #checkov:skip=CKV_AWS_149:encrypted with AWS's key; existing.kms_key_arn in the spec names another
  #checkov:skip=CKV2_AWS_57:follows the Redis token
  name_prefix             = "${var.name}/redis-url-"
  description             = "REDIS_URL and WEBSOCKET_REDIS_URL, token included"
  recovery_window_in_days = var.recovery_window_days
}

# Terraform cannot compare a write-only value: whatever the URL is made of stands here, and a change writes it anew.
resource "terraform_data" "redis_url" {
  input = {
    endpoint      = var.redis_endpoint
    port          = var.redis_port
    token_version = data.aws_secretsmanager_secret_version.redis_token.version_id
  }
}

resource "aws_secretsmanager_secret_version" "redis_url" {
  secret_id                = aws_secretsmanager_secret.redis_url.id
  secret_string_wo         = "rediss://:${ephemeral.aws_secretsmanager_secret_version.redis_token.secret_string}@${var.redis_endpoint}:${var.redis_port}/0"
  secret_string_wo_version = 1

  lifecycle {
    replace_triggered_by = [terraform_data.redis_url]
  }
}

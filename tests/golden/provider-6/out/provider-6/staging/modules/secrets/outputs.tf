# Generated from spec.yaml by templates/modules/secrets/outputs.tf.j2. Do not edit.

output "redis_token" {
  description = "Token of the Redis nodes."
  value       = jsondecode(ephemeral.aws_secretsmanager_secret_version.redis_token.secret_string)[var.redis_token_key]
  ephemeral   = true
  sensitive   = true

  # In the output, because `terraform show -json` of 1.11 crashes on a plan with a condition of an ephemeral resource.
  # https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth.html
  precondition {
    condition     = can(regex("^[A-Za-z0-9!&#$^<>-]{16,128}$", jsondecode(ephemeral.aws_secretsmanager_secret_version.redis_token.secret_string)[var.redis_token_key]))
    error_message = "The secret of existing.secrets.redis_token_arn must be JSON with that key, and its value the token alone: 16 to 128 letters, digits and ! & # $ ^ < > -, without a line break."
  }
}

output "redis_token_version" {
  # Computed from the version of the secret, so that Redis always gets the token that the URL contains.
  description = "Number that changes with the Redis token."
  value       = parseint(substr(sha1(local.redis_token_version_id), 0, 7), 16)
}

output "redis_url_arn" {
  description = "ARN of the secret with the Redis URL."
  value       = aws_secretsmanager_secret.redis_url.arn
}

output "redis_url_reference" {
  description = "Reference of the Redis URL for ECS. It includes the version, so that a new version replaces the tasks."
  value       = "${aws_secretsmanager_secret.redis_url.arn}:::${aws_secretsmanager_secret_version.redis_url.version_id}"
}

output "webui_secret_key_arn" {
  description = "ARN of the secret with WEBUI_SECRET_KEY."
  value       = aws_secretsmanager_secret.webui_secret_key.arn
}

output "webui_secret_key_reference" {
  description = "Reference of WEBUI_SECRET_KEY for ECS. It includes the version, so that a new version replaces the tasks."
  value       = "${aws_secretsmanager_secret.webui_secret_key.arn}:::${aws_secretsmanager_secret_version.webui_secret_key.version_id}"
}

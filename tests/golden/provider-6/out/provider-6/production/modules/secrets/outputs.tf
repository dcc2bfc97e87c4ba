# Generated from spec.yaml by templates/modules/secrets/outputs.tf.j2. Do not edit.

output "redis_token" {
  description = "Token of the Redis nodes."
  value       = ephemeral.aws_secretsmanager_secret_version.redis_token.secret_string
  ephemeral   = true
  sensitive   = true
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

# Generated from spec.yaml by templates/modules/secrets/outputs.tf.j2. Do not edit.

output "redis_token" {
  description = "Token of the Redis nodes."
  value       = local.redis_token
  sensitive   = true
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
  value       = join(":", slice(split(":", var.webui_secret_key_arn), 0, 7)) # without the key in its JSON
}

output "webui_secret_key_reference" {
  description = "Reference of WEBUI_SECRET_KEY for ECS."
  value       = var.webui_secret_key_arn
}

# Replaces the resources of modules/secrets, because mock providers do not support ephemeral resources. The variables of
# the module stay, so the arguments of the root module are still validated.

output "redis_token" {
  value     = "mock-redis-token"
  sensitive = true
}

output "redis_url_arn" {
  value = "arn:aws:secretsmanager:us-east-1:111122223333:secret:mock/redis-url-AbCdEf"
}

output "redis_url_reference" {
  value = "arn:aws:secretsmanager:us-east-1:111122223333:secret:mock/redis-url-AbCdEf:::mock"
}

output "webui_secret_key_arn" {
  value = "arn:aws:secretsmanager:us-east-1:111122223333:secret:mock/webui-secret-key-AbCdEf"
}

output "webui_secret_key_reference" {
  value = "arn:aws:secretsmanager:us-east-1:111122223333:secret:mock/webui-secret-key-AbCdEf:::mock"
}

# Stands in for what modules/secrets declares: mock providers know no ephemeral resources yet, and secrets are made of
# those. The module's variables stay, so what the root passes is checked all the same.

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

# Generated from spec.yaml by templates/outputs.tf.j2. Do not edit.

output "alarm_topic_arn" {
  description = "SNS topic that the alarms notify."
  value       = module.monitoring.topic_arn
}

output "alarm_topic_name" {
  description = "Name of the SNS topic that the alarms notify."
  value       = module.monitoring.topic_name
}

output "alb_arn" {
  description = "ARN of the load balancer."
  value       = module.load_balancer.arn
}

output "alb_dns_name" {
  description = "DNS name of the internal load balancer: the new back end of the proxy."
  value       = module.load_balancer.dns_name
}

output "alb_security_group_id" {
  description = "Security group of the load balancer."
  value       = module.network.alb_security_group_id
}

output "alb_zone_id" {
  description = "Hosted zone of the load balancer, for an alias record in Route 53."
  value       = module.load_balancer.zone_id
}

output "dashboard_url" {
  description = "URL of the CloudWatch dashboard of this deployment."
  value       = module.monitoring.dashboard_url
}

output "execution_role_arn" {
  description = "Role with which ECS starts the tasks."
  value       = module.service.execution_role_arn
}

output "http_listener_arn" {
  description = "HTTP listener of the load balancer."
  value       = module.load_balancer.http_listener_arn
}

output "log_group_name" {
  description = "CloudWatch log group of the tasks."
  value       = module.service.log_group_name
}

output "redis_endpoint" {
  description = "Host name of the Redis primary. It accepts only TLS connections with the token."
  value       = module.redis.primary_endpoint
}

output "service_name" {
  description = "ECS service."
  value       = module.service.name
}

output "target_group_arn" {
  description = "Target group that the tasks register with."
  value       = module.load_balancer.target_group_arn
}

output "target_group_name" {
  description = "Name of the target group."
  value       = module.load_balancer.target_group_name
}

output "task_definition_arn" {
  description = "ARN of the task definition with its revision; a one-off migration task runs it."
  value       = module.service.task_definition_arn
}

output "task_role_arn" {
  description = "Role of Open WebUI in the tasks."
  value       = module.service.task_role_arn
}

output "tasks_security_group_id" {
  description = "Security group of the tasks."
  value       = module.network.tasks_security_group_id
}

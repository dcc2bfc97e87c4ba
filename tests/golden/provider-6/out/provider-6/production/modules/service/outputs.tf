# Generated from spec.yaml by templates/modules/service/outputs.tf.j2. Do not edit.

output "execution_role_arn" {
  description = "Role with which ECS starts the tasks."
  value       = aws_iam_role.execution.arn
}

output "log_group_name" {
  description = "Log group of the tasks."
  value       = aws_cloudwatch_log_group.this.name
}

output "name" {
  description = "Name of the service."
  value       = aws_ecs_service.this.name
}

output "task_definition_arn" {
  description = "ARN of the task definition with its revision."
  value       = aws_ecs_task_definition.this.arn
}

output "task_role_arn" {
  description = "Role of Open WebUI in the tasks."
  value       = aws_iam_role.task.arn
}

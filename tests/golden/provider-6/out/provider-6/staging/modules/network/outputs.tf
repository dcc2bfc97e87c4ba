# Generated from spec.yaml by templates/modules/network/outputs.tf.j2. Do not edit.

output "alb_security_group_id" {
  description = "Security group of the load balancer."
  value       = aws_security_group.load_balancer.id
}

output "redis_security_group_id" {
  description = "Security group of Redis."
  value       = aws_security_group.redis.id
}

output "tasks_security_group_id" {
  description = "Security group of the tasks. It depends on its rules: a task that starts before them can neither mount its files nor reach its database."
  value       = aws_security_group.tasks.id

  depends_on = [
    aws_vpc_security_group_egress_rule.load_balancer_to_tasks,
    aws_vpc_security_group_egress_rule.tasks_to_database,
    aws_vpc_security_group_egress_rule.tasks_to_file_system,
    aws_vpc_security_group_egress_rule.tasks_to_named,
    aws_vpc_security_group_egress_rule.tasks_to_peer,
    aws_vpc_security_group_egress_rule.tasks_to_redis,
    aws_vpc_security_group_ingress_rule.database_from_tasks,
    aws_vpc_security_group_ingress_rule.file_system_from_tasks,
    aws_vpc_security_group_ingress_rule.peer_from_tasks,
    aws_vpc_security_group_ingress_rule.redis_from_tasks,
    aws_vpc_security_group_ingress_rule.tasks_from_load_balancer,
  ]
}

# Generated from spec.yaml by templates/modules/load_balancer/outputs.tf.j2. Do not edit.

output "arn_suffix" {
  description = "The load balancer as CloudWatch names it."
  value       = aws_lb.this.arn_suffix
}

output "dns_name" {
  description = "Name of the load balancer."
  value       = aws_lb.this.dns_name
}

output "target_group_arn" {
  description = "Target group, usable once a listener forwards to it: ECS refuses a group without a load balancer."
  value       = aws_lb_target_group.this.arn

  depends_on = [
    aws_lb_listener.http,
    aws_lb_listener.https,
  ]
}

output "target_group_arn_suffix" {
  description = "The target group as CloudWatch names it."
  value       = aws_lb_target_group.this.arn_suffix
}

output "target_group_name" {
  description = "Name of the target group."
  value       = aws_lb_target_group.this.name
}

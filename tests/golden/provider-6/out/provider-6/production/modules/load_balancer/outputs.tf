# Generated from spec.yaml by templates/modules/load_balancer/outputs.tf.j2. Do not edit.

output "arn" {
  description = "ARN of the load balancer."
  value       = aws_lb.this.arn
}

output "arn_suffix" {
  description = "ARN suffix of the load balancer, the CloudWatch dimension."
  value       = aws_lb.this.arn_suffix
}

output "dns_name" {
  description = "DNS name of the load balancer."
  value       = aws_lb.this.dns_name
}

output "http_listener_arn" {
  description = "HTTP listener."
  value       = aws_lb_listener.http.arn
}

output "target_group_arn" {
  description = "Target group. It depends on the listeners: ECS refuses a target group without a load balancer."
  value       = aws_lb_target_group.this.arn

  depends_on = [
    aws_lb_listener.http,
  ]
}

output "target_group_arn_suffix" {
  description = "ARN suffix of the target group, the CloudWatch dimension."
  value       = aws_lb_target_group.this.arn_suffix
}

output "target_group_name" {
  description = "Name of the target group."
  value       = aws_lb_target_group.this.name
}

output "zone_id" {
  description = "Hosted zone of the load balancer, for an alias record in Route 53."
  value       = aws_lb.this.zone_id
}

# Generated from spec.yaml by templates/modules/autoscaling/outputs.tf.j2. Do not edit.

output "high_cpu_policy_arn" {
  description = "ARN of the step policy that the CPU alarm triggers."
  value       = aws_appautoscaling_policy.high_cpu.arn
}

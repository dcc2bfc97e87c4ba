# Generated from spec.yaml by templates/modules/autoscaling/outputs.tf.j2. Do not edit.

output "high_cpu_policy_arn" {
  description = "Step policy for the high-CPU alarm to trigger."
  value       = aws_appautoscaling_policy.high_cpu.arn
}

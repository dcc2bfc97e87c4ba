# Generated from spec.yaml by templates/modules/monitoring/outputs.tf.j2. Do not edit.

output "dashboard_url" {
  description = "URL of the dashboard in the AWS console."
  value       = "https://${data.aws_region.current.region}.${var.console_domain}/cloudwatch/home?region=${data.aws_region.current.region}#dashboards/dashboard/${aws_cloudwatch_dashboard.this.dashboard_name}"
}

output "topic_arn" {
  description = "SNS topic that the alarms notify."
  value       = local.topic_arn
}

output "topic_name" {
  description = "Name of the SNS topic that the alarms notify."
  value       = element(split(":", local.topic_arn), 5)
}

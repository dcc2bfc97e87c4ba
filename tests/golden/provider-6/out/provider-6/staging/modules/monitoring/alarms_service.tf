# Generated from spec.yaml by templates/modules/monitoring/alarms_service.tf.j2. Do not edit.

locals {
  notify               = [local.topic_arn]
  notify_and_scale_out = [local.topic_arn, var.scale_out_policy_arn]
}

resource "aws_cloudwatch_metric_alarm" "cpu" {
  alarm_name          = "${var.name}-cpu"
  alarm_description   = "CPU of the tasks is high: the step policy adds tasks"
  comparison_operator = "GreaterThanThreshold"
  datapoints_to_alarm = var.alarms.cpu.datapoints
  evaluation_periods  = var.alarms.cpu.evaluation_periods
  metric_name         = "CPUUtilization"
  namespace           = "AWS/ECS"
  period              = var.alarms.cpu.period_seconds
  statistic           = "Average"
  threshold           = var.alarms.cpu.threshold
  treat_missing_data  = var.alarms.cpu.missing_data

  dimensions = {
    ClusterName = var.cluster_name
    ServiceName = var.service_name
  }

  alarm_actions = local.notify_and_scale_out
  ok_actions    = local.notify
}

resource "aws_cloudwatch_metric_alarm" "memory" {
  alarm_name          = "${var.name}-memory"
  alarm_description   = "Memory of the tasks is high: a task that runs out is killed"
  comparison_operator = "GreaterThanThreshold"
  datapoints_to_alarm = var.alarms.memory.datapoints
  evaluation_periods  = var.alarms.memory.evaluation_periods
  metric_name         = "MemoryUtilization"
  namespace           = "AWS/ECS"
  period              = var.alarms.memory.period_seconds
  statistic           = "Average"
  threshold           = var.alarms.memory.threshold
  treat_missing_data  = var.alarms.memory.missing_data

  dimensions = {
    ClusterName = var.cluster_name
    ServiceName = var.service_name
  }

  alarm_actions = local.notify
  ok_actions    = local.notify
}

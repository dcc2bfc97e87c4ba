# Generated from spec/spec.yaml by templates/modules/monitoring/alarms.tf.j2. Do not edit.

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

resource "aws_cloudwatch_metric_alarm" "response_time" {
  alarm_name          = "${var.name}-response-time"
  alarm_description   = "Open WebUI answers slowly"
  comparison_operator = "GreaterThanThreshold"
  datapoints_to_alarm = var.alarms.response_time.datapoints
  evaluation_periods  = var.alarms.response_time.evaluation_periods
  metric_name         = "TargetResponseTime"
  namespace           = "AWS/ApplicationELB"
  period              = var.alarms.response_time.period_seconds
  statistic           = "Average"
  threshold           = var.alarms.response_time.threshold
  treat_missing_data  = var.alarms.response_time.missing_data

  dimensions = {
    LoadBalancer = var.load_balancer_arn_suffix
    TargetGroup  = var.target_group_arn_suffix
  }

  alarm_actions = local.notify
  ok_actions    = local.notify
}

resource "aws_cloudwatch_metric_alarm" "redis_cpu" {
  for_each = var.redis_node_ids

  alarm_name          = "${var.name}-redis-cpu-${each.key}"
  alarm_description   = "CPU of a Redis node is high"
  comparison_operator = "GreaterThanThreshold"
  datapoints_to_alarm = var.alarms.redis_cpu.datapoints
  evaluation_periods  = var.alarms.redis_cpu.evaluation_periods
  # On a node of 1 or 2 vCPU, what AWS itself runs there counts too: the host's CPU tells.
  metric_name        = "CPUUtilization"
  namespace          = "AWS/ElastiCache"
  period             = var.alarms.redis_cpu.period_seconds
  statistic          = "Average"
  threshold          = var.alarms.redis_cpu.threshold
  treat_missing_data = var.alarms.redis_cpu.missing_data

  dimensions = {
    CacheClusterId = each.value
    CacheNodeId    = "0001"
  }

  alarm_actions = local.notify
  ok_actions    = local.notify
}

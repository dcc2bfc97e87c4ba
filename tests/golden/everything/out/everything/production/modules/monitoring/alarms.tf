# Generated from spec.yaml by templates/modules/monitoring/alarms.tf.j2. Do not edit.

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
  # Redis runs its commands on one thread: on a node of 4 vCPU or more the host's average hides a busy engine.
  metric_name        = "EngineCPUUtilization"
  namespace          = "AWS/ElastiCache"
  period             = var.alarms.redis_cpu.period_seconds
  statistic          = "Average"
  threshold          = var.alarms.redis_cpu.threshold
  treat_missing_data = var.alarms.redis_cpu.missing_data

  dimensions = {
    CacheClusterId = each.value
  }

  alarm_actions = local.notify
  ok_actions    = local.notify
}

resource "aws_cloudwatch_metric_alarm" "redis_memory" {
  for_each = var.redis_node_ids

  alarm_name          = "${var.name}-redis-memory-${each.key}"
  alarm_description   = "Memory of a Redis node is nearly full: it will refuse writes or evict keys"
  comparison_operator = "GreaterThanThreshold"
  datapoints_to_alarm = var.alarms.redis_memory.datapoints
  evaluation_periods  = var.alarms.redis_memory.evaluation_periods
  metric_name         = "DatabaseMemoryUsagePercentage"
  namespace           = "AWS/ElastiCache"
  period              = var.alarms.redis_memory.period_seconds
  statistic           = "Average"
  threshold           = var.alarms.redis_memory.threshold
  treat_missing_data  = var.alarms.redis_memory.missing_data

  dimensions = {
    CacheClusterId = each.value
  }

  alarm_actions = local.notify
  ok_actions    = local.notify
}

resource "aws_cloudwatch_metric_alarm" "redis_evictions" {
  for_each = var.redis_node_ids

  alarm_name          = "${var.name}-redis-evictions-${each.key}"
  alarm_description   = "A Redis node evicts keys: sessions may be lost"
  comparison_operator = "GreaterThanThreshold"
  datapoints_to_alarm = var.alarms.redis_evictions.datapoints
  evaluation_periods  = var.alarms.redis_evictions.evaluation_periods
  metric_name         = "Evictions"
  namespace           = "AWS/ElastiCache"
  period              = var.alarms.redis_evictions.period_seconds
  statistic           = "Sum"
  threshold           = var.alarms.redis_evictions.threshold
  treat_missing_data  = var.alarms.redis_evictions.missing_data

  dimensions = {
    CacheClusterId = each.value
  }

  alarm_actions = local.notify
  ok_actions    = local.notify
}

resource "aws_cloudwatch_metric_alarm" "unhealthy_hosts" {
  alarm_name          = "${var.name}-unhealthy-hosts"
  alarm_description   = "Tasks fail the load balancer's health check"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = var.alarms.unhealthy_hosts.datapoints
  evaluation_periods  = var.alarms.unhealthy_hosts.evaluation_periods
  metric_name         = "UnHealthyHostCount"
  namespace           = "AWS/ApplicationELB"
  period              = var.alarms.unhealthy_hosts.period_seconds
  statistic           = "Minimum"
  threshold           = var.alarms.unhealthy_hosts.threshold
  treat_missing_data  = var.alarms.unhealthy_hosts.missing_data

  dimensions = {
    LoadBalancer = var.load_balancer_arn_suffix
    TargetGroup  = var.target_group_arn_suffix
  }

  alarm_actions = local.notify
  ok_actions    = local.notify
}

resource "aws_cloudwatch_metric_alarm" "target_5xx" {
  alarm_name          = "${var.name}-target-5xx"
  alarm_description   = "Open WebUI answers with server errors"
  comparison_operator = "GreaterThanThreshold"
  datapoints_to_alarm = var.alarms.target_5xx.datapoints
  evaluation_periods  = var.alarms.target_5xx.evaluation_periods
  metric_name         = "HTTPCode_Target_5XX_Count"
  namespace           = "AWS/ApplicationELB"
  period              = var.alarms.target_5xx.period_seconds
  statistic           = "Sum"
  threshold           = var.alarms.target_5xx.threshold
  treat_missing_data  = var.alarms.target_5xx.missing_data

  dimensions = {
    LoadBalancer = var.load_balancer_arn_suffix
    TargetGroup  = var.target_group_arn_suffix
  }

  alarm_actions = local.notify
  ok_actions    = local.notify
}

resource "aws_cloudwatch_metric_alarm" "load_balancer_5xx" {
  alarm_name          = "${var.name}-load-balancer-5xx"
  alarm_description   = "The load balancer answers with server errors of its own: no healthy task, or a timeout"
  comparison_operator = "GreaterThanThreshold"
  datapoints_to_alarm = var.alarms.load_balancer_5xx.datapoints
  evaluation_periods  = var.alarms.load_balancer_5xx.evaluation_periods
  metric_name         = "HTTPCode_ELB_5XX_Count"
  namespace           = "AWS/ApplicationELB"
  period              = var.alarms.load_balancer_5xx.period_seconds
  statistic           = "Sum"
  threshold           = var.alarms.load_balancer_5xx.threshold
  treat_missing_data  = var.alarms.load_balancer_5xx.missing_data

  dimensions = {
    LoadBalancer = var.load_balancer_arn_suffix
  }

  alarm_actions = local.notify
  ok_actions    = local.notify
}

resource "aws_cloudwatch_metric_alarm" "at_maximum" {
  alarm_name          = "${var.name}-at-maximum"
  alarm_description   = "As many tasks run as autoscaling allows: more load will not be answered by more tasks"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = var.alarms.at_maximum.datapoints
  evaluation_periods  = var.alarms.at_maximum.evaluation_periods
  metric_name         = "HealthyHostCount"
  namespace           = "AWS/ApplicationELB"
  period              = var.alarms.at_maximum.period_seconds
  statistic           = "Maximum"
  threshold           = var.alarms.at_maximum.threshold
  treat_missing_data  = var.alarms.at_maximum.missing_data

  dimensions = {
    LoadBalancer = var.load_balancer_arn_suffix
    TargetGroup  = var.target_group_arn_suffix
  }

  alarm_actions = local.notify
  ok_actions    = local.notify
}

# Generated from spec.yaml by templates/modules/monitoring/alarms_redis.tf.j2. Do not edit.

# On a node with 1 or 2 vCPU, processes of AWS need CPU too, so the CPU of the host is the better metric.
resource "aws_cloudwatch_metric_alarm" "redis_cpu" {
  for_each = var.redis_node_ids

  alarm_name          = "${var.name}-redis-cpu-${each.key}"
  alarm_description   = "CPU of a Redis node is high"
  comparison_operator = "GreaterThanThreshold"
  datapoints_to_alarm = var.alarms.redis_cpu.datapoints
  evaluation_periods  = var.alarms.redis_cpu.evaluation_periods
  metric_name         = "CPUUtilization"
  namespace           = "AWS/ElastiCache"
  period              = var.alarms.redis_cpu.period_seconds
  statistic           = "Average"
  threshold           = var.alarms.redis_cpu.threshold
  treat_missing_data  = var.alarms.redis_cpu.missing_data

  dimensions = {
    CacheClusterId = each.value
    CacheNodeId    = "0001"
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

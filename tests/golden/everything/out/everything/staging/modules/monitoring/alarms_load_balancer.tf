# Generated from spec.yaml by templates/modules/monitoring/alarms_load_balancer.tf.j2. Do not edit.

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

# Minimum: a node of the load balancer that reaches no task fails requests, even if the other nodes reach all tasks.
# Not RunningTaskCount of ECS: only a cluster with Container Insights has it, and a running task may not serve.
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html
resource "aws_cloudwatch_metric_alarm" "healthy_hosts" {
  alarm_name          = "${var.name}-healthy-hosts"
  alarm_description   = "Too few tasks are healthy: without one, every request fails"
  comparison_operator = "LessThanThreshold"
  datapoints_to_alarm = var.alarms.healthy_hosts.datapoints
  evaluation_periods  = var.alarms.healthy_hosts.evaluation_periods
  metric_name         = "HealthyHostCount"
  namespace           = "AWS/ApplicationELB"
  period              = var.alarms.healthy_hosts.period_seconds
  statistic           = "Minimum"
  threshold           = var.alarms.healthy_hosts.threshold
  treat_missing_data  = var.alarms.healthy_hosts.missing_data

  dimensions = {
    LoadBalancer = var.load_balancer_arn_suffix
    TargetGroup  = var.target_group_arn_suffix
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

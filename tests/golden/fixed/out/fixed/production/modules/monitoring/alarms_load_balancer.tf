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

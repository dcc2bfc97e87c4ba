# Generated from spec.yaml by templates/modules/monitoring/alarms_files.tf.j2. Do not edit.

resource "aws_cloudwatch_metric_alarm" "files_burst_credits" {
  alarm_name          = "${var.name}-files-burst-credits"
  alarm_description   = "Burst credits of the file system run out: then its throughput falls to the baseline"
  comparison_operator = "LessThanThreshold"
  datapoints_to_alarm = var.alarms.files_burst_credits.datapoints
  evaluation_periods  = var.alarms.files_burst_credits.evaluation_periods
  metric_name         = "BurstCreditBalance"
  namespace           = "AWS/EFS"
  period              = var.alarms.files_burst_credits.period_seconds
  statistic           = "Minimum"
  threshold           = var.alarms.files_burst_credits.threshold
  treat_missing_data  = var.alarms.files_burst_credits.missing_data

  dimensions = {
    FileSystemId = var.file_system_id
  }

  alarm_actions = local.notify
  ok_actions    = local.notify
}

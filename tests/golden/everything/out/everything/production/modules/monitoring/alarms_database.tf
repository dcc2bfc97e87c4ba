# Generated from spec.yaml by templates/modules/monitoring/alarms_database.tf.j2. Do not edit.

# By role, because the writer is another instance after a failover.
# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/creating_alarms.html
resource "aws_cloudwatch_metric_alarm" "database_connections" {
  alarm_name          = "${var.name}-database-connections"
  alarm_description   = "Few connections of the database are left: without one, every request fails"
  comparison_operator = "GreaterThanThreshold"
  datapoints_to_alarm = var.alarms.database_connections.datapoints
  evaluation_periods  = var.alarms.database_connections.evaluation_periods
  metric_name         = "DatabaseConnections"
  namespace           = "AWS/RDS"
  period              = var.alarms.database_connections.period_seconds
  statistic           = "Maximum"
  threshold           = var.alarms.database_connections.threshold
  treat_missing_data  = var.alarms.database_connections.missing_data

  dimensions = {
    DBClusterIdentifier = var.database_cluster_id
    Role                = "WRITER"
  }

  alarm_actions = local.notify
  ok_actions    = local.notify
}

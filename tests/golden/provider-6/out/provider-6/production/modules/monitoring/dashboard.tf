# Generated from spec.yaml by templates/modules/monitoring/dashboard.tf.j2. Do not edit.

data "aws_region" "current" {}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.name

  dashboard_body = jsonencode({
    start          = "-PT6H"
    periodOverride = "inherit"
    widgets = [
      {
        type   = "alarm"
        x      = 0
        y      = 0
        width  = 24
        height = 3
        properties = {
          title  = "Alarms"
          alarms = local.alarm_arns
        }
      },
      {
        type   = "metric"
        x      = 0
        y      = 3
        width  = 12
        height = 6
        properties = {
          title  = "ECS: CPU and memory"
          region = data.aws_region.current.region
          stat   = "Average"
          period = 60
          view   = "timeSeries"
          yAxis  = { left = { min = 0, max = 100, label = "%", showUnits = false } }
          metrics = [
            ["AWS/ECS", "CPUUtilization", "ClusterName", var.cluster_name, "ServiceName", var.service_name, { label = "CPU" }],
            ["AWS/ECS", "MemoryUtilization", "ClusterName", var.cluster_name, "ServiceName", var.service_name, { label = "Memory" }],
          ]
          annotations = {
            horizontal = [
              { label = "CPU alarm", value = var.alarms.cpu.threshold },
              { label = "Memory alarm", value = var.alarms.memory.threshold },
            ]
          }
        }
      },
      {
        type   = "metric"
        x      = 12
        y      = 3
        width  = 12
        height = 6
        properties = {
          title  = "ALB: response time"
          region = data.aws_region.current.region
          period = 60
          view   = "timeSeries"
          yAxis  = { left = { min = 0, label = "s", showUnits = false } }
          metrics = [
            ["AWS/ApplicationELB", "TargetResponseTime", "LoadBalancer", var.load_balancer_arn_suffix, "TargetGroup", var.target_group_arn_suffix, { label = "Average", stat = "Average" }],
            ["AWS/ApplicationELB", "TargetResponseTime", "LoadBalancer", var.load_balancer_arn_suffix, "TargetGroup", var.target_group_arn_suffix, { label = "p95", stat = "p95" }],
          ]
          annotations = {
            horizontal = [{ label = "Response time alarm", value = var.alarms.response_time.threshold }]
          }
        }
      },
      {
        type   = "metric"
        x      = 0
        y      = 9
        width  = 12
        height = 6
        properties = {
          title  = "ALB: requests and errors"
          region = data.aws_region.current.region
          stat   = "Sum"
          period = 60
          view   = "timeSeries"
          metrics = [
            ["AWS/ApplicationELB", "RequestCount", "LoadBalancer", var.load_balancer_arn_suffix, { label = "Requests", yAxis = "right" }],
            ["AWS/ApplicationELB", "HTTPCode_Target_4XX_Count", "LoadBalancer", var.load_balancer_arn_suffix, "TargetGroup", var.target_group_arn_suffix, { label = "Open WebUI 4xx" }],
            ["AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", "LoadBalancer", var.load_balancer_arn_suffix, "TargetGroup", var.target_group_arn_suffix, { label = "Open WebUI 5xx" }],
            ["AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", "LoadBalancer", var.load_balancer_arn_suffix, { label = "ALB 5xx" }],
          ]
        }
      },
      {
        type   = "metric"
        x      = 12
        y      = 9
        width  = 12
        height = 6
        properties = {
          title  = "Scaling: tasks behind the load balancer"
          region = data.aws_region.current.region
          period = 60
          view   = "timeSeries"
          yAxis  = { left = { min = 0, showUnits = false } }
          metrics = [
            ["AWS/ApplicationELB", "HealthyHostCount", "LoadBalancer", var.load_balancer_arn_suffix, "TargetGroup", var.target_group_arn_suffix, { label = "Healthy tasks", stat = "Maximum" }],
            ["AWS/ApplicationELB", "UnHealthyHostCount", "LoadBalancer", var.load_balancer_arn_suffix, "TargetGroup", var.target_group_arn_suffix, { label = "Unhealthy tasks", stat = "Maximum" }],
          ]
          annotations = {
            horizontal = [
              { label = "Maximum", value = var.max_instances },
              { label = "Minimum", value = var.min_instances },
            ]
          }
        }
      },
      {
        type   = "metric"
        x      = 0
        y      = 15
        width  = 12
        height = 6
        properties = {
          title  = "Redis: CPU and memory"
          region = data.aws_region.current.region
          stat   = "Average"
          period = 60
          view   = "timeSeries"
          yAxis  = { left = { min = 0, max = 100, label = "%", showUnits = false } }
          metrics = concat(
            [for suffix, id in var.redis_node_ids : ["AWS/ElastiCache", "CPUUtilization", "CacheClusterId", id, "CacheNodeId", "0001", { label = "CPU ${suffix}" }]],
            [for suffix, id in var.redis_node_ids : ["AWS/ElastiCache", "DatabaseMemoryUsagePercentage", "CacheClusterId", id, { label = "Memory ${suffix}" }]],
          )
          annotations = {
            horizontal = [{ label = "CPU alarm", value = var.alarms.redis_cpu.threshold }]
          }
        }
      },
      {
        type   = "metric"
        x      = 12
        y      = 15
        width  = 12
        height = 6
        properties = {
          title  = "Redis: connections and evictions"
          region = data.aws_region.current.region
          period = 60
          view   = "timeSeries"
          metrics = concat(
            [for suffix, id in var.redis_node_ids : ["AWS/ElastiCache", "CurrConnections", "CacheClusterId", id, "CacheNodeId", "0001", { label = "Connections ${suffix}", stat = "Average" }]],
            [for suffix, id in var.redis_node_ids : ["AWS/ElastiCache", "Evictions", "CacheClusterId", id, { label = "Evictions ${suffix}", stat = "Sum", yAxis = "right" }]],
          )
        }
      },
    ]
  })
}

locals {
  alarm_arns = concat(
    [
      aws_cloudwatch_metric_alarm.cpu.arn,
      aws_cloudwatch_metric_alarm.memory.arn,
      aws_cloudwatch_metric_alarm.response_time.arn,
      aws_cloudwatch_metric_alarm.target_5xx.arn,
    ],
    values(aws_cloudwatch_metric_alarm.redis_cpu)[*].arn,
    values(aws_cloudwatch_metric_alarm.redis_memory)[*].arn,
  )
}

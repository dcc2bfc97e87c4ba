# Generated from spec.yaml by templates/modules/monitoring/variables.tf.j2. Do not edit.

variable "alarms" {
  description = "When each alarm fires: the threshold, and how many of the last periods must be beyond it. missing_data is CloudWatch's treat_missing_data."
  type = map(object({
    datapoints         = number
    evaluation_periods = number
    missing_data       = string
    period_seconds     = number
    threshold          = number
  }))
}

variable "cluster_name" {
  description = "ECS cluster of the service."
  type        = string
}

variable "console_domain" {
  description = "Domain of the AWS console in this partition."
  type        = string
}

variable "load_balancer_arn_suffix" {
  description = "The load balancer as CloudWatch names it."
  type        = string
}

variable "max_instances" {
  description = "Most tasks that autoscaling runs; a line on the dashboard."
  type        = number
}

variable "min_instances" {
  description = "Fewest tasks that autoscaling runs; a line on the dashboard."
  type        = number
}

variable "name" {
  description = "Name of the dashboard and prefix of the alarms' names."
  type        = string
}

variable "redis_node_ids" {
  description = "Cache cluster id of each Redis node by its number."
  type        = map(string)
}

variable "scale_out_policy_arn" {
  description = "Step policy that the CPU alarm triggers."
  type        = string
}

variable "service_name" {
  description = "ECS service."
  type        = string
}

variable "target_group_arn_suffix" {
  description = "The target group as CloudWatch names it."
  type        = string
}

variable "topic_arn" {
  description = "Existing SNS topic that the alarms notify."
  type        = string
}

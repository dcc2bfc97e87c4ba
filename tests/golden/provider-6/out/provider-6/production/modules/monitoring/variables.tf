# Generated from spec.yaml by templates/modules/monitoring/variables.tf.j2. Do not edit.

variable "alarms" {
  description = "Threshold and timing of each alarm. It fires when `datapoints` of the last `evaluation_periods` periods are beyond the threshold. `missing_data` is treat_missing_data of CloudWatch."
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
  description = "ARN suffix of the load balancer, the CloudWatch dimension."
  type        = string
}

variable "max_instances" {
  description = "Maximum number of tasks; a line on the dashboard."
  type        = number
}

variable "min_instances" {
  description = "Minimum number of tasks; a line on the dashboard."
  type        = number
}

variable "name" {
  description = "Name of the dashboard and prefix of the alarms' names."
  type        = string
}

variable "notify_emails" {
  description = "Mail addresses that get the alarms."
  type        = set(string)
}

variable "redis_node_ids" {
  description = "Cache cluster id of each Redis node by the number of the node."
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
  description = "ARN suffix of the target group, the CloudWatch dimension."
  type        = string
}

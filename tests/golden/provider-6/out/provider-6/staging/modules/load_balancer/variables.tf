# Generated from spec.yaml by templates/modules/load_balancer/variables.tf.j2. Do not edit.

variable "access_log_expiration_days" {
  description = "Retention of the access logs in days."
  type        = number
}

variable "access_log_prefix" {
  description = "Prefix of the access logs in the bucket."
  type        = string
}

variable "algorithm" {
  description = "Algorithm that selects the next target: round_robin, least_outstanding_requests or weighted_random."
  type        = string
}

variable "deletion_protection" {
  description = "Whether deletion protection is on."
  type        = bool
}

variable "deregistration_delay_seconds" {
  description = "Seconds during which a deregistered task can finish its responses."
  type        = number
}

variable "health_check" {
  description = "Health check of the tasks by the load balancer."
  type = object({
    healthy_threshold   = number
    interval_seconds    = number
    matcher             = string
    path                = string
    timeout_seconds     = number
    unhealthy_threshold = number
  })
}

variable "http_port" {
  description = "Port of the HTTP listener."
  type        = number
}

variable "idle_timeout_seconds" {
  description = "Seconds after which a connection without traffic is closed."
  type        = number
}

variable "name" {
  description = "Name of the load balancer and of its target group."
  type        = string
}

variable "security_group_id" {
  description = "Security group of the load balancer."
  type        = string
}

variable "slow_start_seconds" {
  description = "Seconds during which the share of requests of a new task grows; 0 turns it off."
  type        = number
}

variable "stickiness_seconds" {
  description = "Seconds during which a browser stays with one task."
  type        = number
}

variable "subnet_ids" {
  description = "Subnets of the load balancer."
  type        = list(string)
}

variable "vpc_id" {
  description = "VPC of the target group."
  type        = string
}

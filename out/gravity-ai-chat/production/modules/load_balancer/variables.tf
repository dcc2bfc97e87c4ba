# Generated from spec/spec.yaml by templates/modules/load_balancer/variables.tf.j2. Do not edit.

variable "algorithm" {
  description = "How the next target is chosen: round_robin, least_outstanding_requests or weighted_random."
  type        = string
}

variable "deletion_protection" {
  description = "Whether the load balancer refuses to be deleted."
  type        = bool
}

variable "deregistration_delay_seconds" {
  description = "Seconds that a task that is being stopped may use to finish its answers."
  type        = number
}

variable "health_check" {
  description = "How the load balancer tells whether a task can serve."
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
  description = "Seconds without a byte after which a connection is closed."
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
  description = "Seconds over which a new task's share of the requests grows; 0 for none."
  type        = number
}

variable "stickiness_seconds" {
  description = "Seconds that a browser stays with one task."
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

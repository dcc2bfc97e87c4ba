# Generated from spec/spec.yaml by templates/modules/autoscaling/variables.tf.j2. Do not edit.

variable "cluster_name" {
  description = "ECS cluster of the service."
  type        = string
}

variable "cpu_percent" {
  description = "Average CPU that target tracking holds."
  type        = number
}

variable "high_cpu_cooldown_seconds" {
  description = "Seconds between two steps of the high-CPU alarm."
  type        = number
}

variable "high_cpu_instances" {
  description = "Tasks that the high-CPU alarm adds at once."
  type        = number
}

variable "max" {
  description = "Most tasks."
  type        = number
}

variable "min" {
  description = "Fewest tasks."
  type        = number
}

variable "scale_in_cooldown_seconds" {
  description = "Seconds after a removal before the next one."
  type        = number
}

variable "scale_out_cooldown_seconds" {
  description = "Seconds after an addition before the next one."
  type        = number
}

variable "service_name" {
  description = "ECS service to scale."
  type        = string
}

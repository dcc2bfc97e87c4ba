# Generated from spec.yaml by templates/modules/autoscaling/variables.tf.j2. Do not edit.

variable "cluster_name" {
  description = "ECS cluster of the service."
  type        = string
}

variable "cpu_percent" {
  description = "Target of target tracking: average CPU in percent."
  type        = number
}

variable "high_cpu_cooldown_seconds" {
  description = "Cooldown of the step policy in seconds."
  type        = number
}

variable "high_cpu_instances" {
  description = "Number of tasks that the step policy adds."
  type        = number
}

variable "max" {
  description = "Maximum number of tasks."
  type        = number
}

variable "min" {
  description = "Minimum number of tasks."
  type        = number
}

variable "scale_in_cooldown_seconds" {
  description = "Cooldown after a removal of tasks, in seconds."
  type        = number
}

variable "scale_out_cooldown_seconds" {
  description = "Cooldown after an addition of tasks, in seconds."
  type        = number
}

variable "service_name" {
  description = "ECS service to scale."
  type        = string
}

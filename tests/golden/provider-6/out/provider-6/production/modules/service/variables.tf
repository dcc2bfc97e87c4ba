# Generated from spec.yaml by templates/modules/service/variables.tf.j2. Do not edit.

variable "architecture" {
  description = "CPU architecture of the tasks: X86_64 or ARM64."
  type        = string
}

variable "cluster_arn" {
  description = "ECS cluster that runs the service."
  type        = string
}

variable "cpu_units" {
  description = "CPU units of a task; 1024 units are one vCPU."
  type        = number
}

variable "deployment_maximum_percent" {
  description = "Maximum of running tasks during a deployment, in percent of the desired count."
  type        = number
}

variable "deployment_minimum_percent" {
  description = "Minimum of healthy tasks during a deployment, in percent of the desired count."
  type        = number
}

variable "environment" {
  description = "Environment variables of the container, without secrets."
  type        = map(string)
}

variable "file_system_access_point_arn" {
  description = "ARN of the EFS access point of the files."
  type        = string
}

variable "file_system_access_point_id" {
  description = "Id of the EFS access point of the files."
  type        = string
}

variable "file_system_arn" {
  description = "ARN of the EFS file system of the files."
  type        = string
}

variable "file_system_id" {
  description = "Id of the EFS file system of the files."
  type        = string
}

variable "files_as_root" {
  description = "Whether Open WebUI, which runs as root, is root on the file system; EFS requires a permission for it."
  type        = bool
}

variable "grace_period_seconds" {
  description = "Seconds after the start of a task during which ECS ignores the health check of the load balancer."
  type        = number
}

variable "health_check" {
  description = "Health check of the container."
  type = object({
    interval_seconds     = number
    retries              = number
    start_period_seconds = number
    timeout_seconds      = number
  })
}

variable "image" {
  description = "Container image of Open WebUI."
  type        = string
}

variable "instances" {
  description = "Initial number of tasks; autoscaling changes it later."
  type        = number
}

variable "kms_key_arns" {
  description = "Customer-managed keys of the secrets that tasks read."
  type        = list(string)
}

variable "log_retention_days" {
  description = "Retention of the log of the tasks in days; 0 keeps it forever."
  type        = number
}

variable "memory_mib" {
  description = "Memory of a task in MiB."
  type        = number
}

variable "name" {
  description = "Name of the service, its task family, its roles and its log group."
  type        = string
}

variable "platform_version" {
  description = "Fargate platform version."
  type        = string
}

variable "secret_arns" {
  description = "Secrets that ECS reads when it starts a task."
  type        = list(string)
}

variable "secrets" {
  description = "Reference of each secret environment variable for ECS: a secret, or a key or a version of it."
  type        = map(string)
}

variable "security_group_id" {
  description = "Security group of the tasks."
  type        = string
}

variable "stop_timeout_seconds" {
  description = "Seconds between the signal to stop a task and its kill."
  type        = number
}

variable "subnet_ids" {
  description = "Private subnets of the tasks."
  type        = list(string)
}

variable "target_group_arn" {
  description = "Target group that the tasks register with."
  type        = string
}

variable "wait_for_steady_state" {
  description = "Whether an apply waits until the service is stable."
  type        = bool
}

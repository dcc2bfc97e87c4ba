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
  description = "CPU of a task; 1024 units are one vCPU."
  type        = number
}

variable "deployment_maximum_percent" {
  description = "Tasks that may run during a deployment, as a percentage of the desired count."
  type        = number
}

variable "deployment_minimum_percent" {
  description = "Tasks that must stay healthy during a deployment, as a percentage of the desired count."
  type        = number
}

variable "environment" {
  description = "Environment of the container; nothing secret."
  type        = map(string)
}

variable "ephemeral_storage_gb" {
  description = "Scratch disk of a task in GiB."
  type        = number
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
  description = "Whether the access point lets Open WebUI, which runs as root, be root there: EFS wants a permission for that."
  type        = bool
}

variable "grace_period_seconds" {
  description = "Seconds after its start for which a task may fail the load balancer's health check."
  type        = number
}

variable "health_check" {
  description = "The container's own health check."
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

variable "image_repository_arn" {
  description = "ECR repository of the image."
  type        = string
}

variable "instances" {
  description = "Tasks to begin with; autoscaling changes the count later."
  type        = number
}

variable "kms_key_arns" {
  description = "Customer-managed keys that encrypt the secrets which tasks read."
  type        = list(string)
}

variable "log_kms_key_arn" {
  description = "Customer-managed key of the tasks' log; its policy must let CloudWatch Logs (logs.<region>.amazonaws.com) use it."
  type        = string
}

variable "log_retention_days" {
  description = "Days that the tasks' log is kept; 0 for ever."
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

variable "registry_credentials_arn" {
  description = "Existing secret that holds the image registry's credentials."
  type        = string
}

variable "secret_arns" {
  description = "Secrets that starting a task takes."
  type        = list(string)
}

variable "secrets" {
  description = "Where ECS finds the value of each secret environment variable: a secret, or one key or version of it."
  type        = map(string)
}

variable "security_group_id" {
  description = "Security group of the tasks."
  type        = string
}

variable "stop_timeout_seconds" {
  description = "Seconds between asking a task to stop and killing it."
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

variable "task_policy_arns" {
  description = "Existing policies that the task role gets, by name."
  type        = map(string)
}

variable "wait_for_steady_state" {
  description = "Whether an apply waits until the tasks serve."
  type        = bool
}

# Generated from spec.yaml by templates/modules/existing/variables.tf.j2. Do not edit.

variable "cluster_name" {
  description = "ECS cluster that runs the service."
  type        = string
}

variable "database_url_secret_arn" {
  description = "Secret with the URL of the database."
  type        = string
}

variable "file_system_access_point_id" {
  description = "EFS access point of the uploaded files."
  type        = string
}

variable "file_system_id" {
  description = "EFS file system of the uploaded files."
  type        = string
}

variable "private_subnet_ids" {
  description = "Private subnets of the tasks, the load balancer and Redis, each in an availability zone of its own."
  type        = set(string)
}

variable "vpc_id" {
  description = "VPC of the deployment."
  type        = string
}

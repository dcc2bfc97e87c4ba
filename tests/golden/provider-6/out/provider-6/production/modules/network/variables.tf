# Generated from spec.yaml by templates/modules/network/variables.tf.j2. Do not edit.

variable "allow_from" {
  description = "Sources that can reach the load balancer, by name: an address range, a prefix list or a security group each."
  type = map(object({
    cidr_ipv4         = optional(string)
    cidr_ipv6         = optional(string)
    prefix_list_id    = optional(string)
    security_group_id = optional(string)
  }))
}

variable "database_port" {
  description = "Port of the existing database."
  type        = number
}

variable "database_security_group_id" {
  description = "Security group of the existing database."
  type        = string
}

variable "egress" {
  description = "Targets that tasks can connect to in addition to Redis, the database, the files and the peers, by name."
  type = map(object({
    cidr_ipv4         = optional(string)
    cidr_ipv6         = optional(string)
    port              = number
    prefix_list_id    = optional(string)
    protocol          = optional(string, "tcp")
    security_group_id = optional(string)
    to_port           = optional(number)
  }))
}

variable "file_system_security_group_ids" {
  description = "Security groups of the existing file system's mount targets."
  type        = set(string)
}

variable "http_port" {
  description = "Port of the HTTP listener."
  type        = number
}

variable "name" {
  description = "Prefix of the names of the security groups."
  type        = string
}

variable "peers" {
  description = "Existing services that tasks call, by name. Each security group gets a rule that admits the tasks."
  type = map(object({
    port              = number
    security_group_id = string
  }))
}

variable "vpc_id" {
  description = "VPC of the security groups."
  type        = string
}

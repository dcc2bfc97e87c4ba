# Generated from spec.yaml by templates/modules/redis/variables.tf.j2. Do not edit.

variable "apply_immediately" {
  description = "Whether changes are made at once, or in the next maintenance window."
  type        = bool
}

variable "auth_token" {
  description = "Token that clients authenticate with."
  type        = string
  sensitive   = true
}

variable "engine" {
  description = "redis or valkey."
  type        = string
}

variable "engine_version" {
  description = "Version of the engine."
  type        = string
}

variable "eviction_policy" {
  description = "What happens when the memory is full. noeviction refuses writes; every other policy can drop sessions or token revocations."
  type        = string
}

variable "idle_timeout_seconds" {
  description = "Seconds after which an idle connection is closed."
  type        = number
}

variable "log_retention_days" {
  description = "Days that the slow log is kept; 0 for ever."
  type        = number
}

variable "maintenance_window" {
  description = "Weekly window of updates, UTC."
  type        = string
}

variable "name" {
  description = "Replication group id."
  type        = string
}

variable "node_type" {
  description = "Size of a node."
  type        = string
}

variable "nodes" {
  description = "Nodes: one primary, the others replicas in other availability zones."
  type        = number
}

variable "parameter_group_family" {
  description = "Parameter group family of the engine's version."
  type        = string
}

variable "security_group_id" {
  description = "Security group of the nodes."
  type        = string
}

variable "snapshot_retention_days" {
  description = "Days that daily snapshots are kept; 0 for none."
  type        = number
}

variable "snapshot_window" {
  description = "Daily window of the snapshot, UTC."
  type        = string
}

variable "subnet_ids" {
  description = "Subnets of the nodes."
  type        = list(string)
}

# Generated from spec.yaml by templates/modules/redis/variables.tf.j2. Do not edit.

variable "apply_immediately" {
  description = "Whether to apply changes at once instead of in the next maintenance window."
  type        = bool
}

variable "auth_token" {
  description = "Token with which clients authenticate."
  type        = string
  ephemeral   = true
  sensitive   = true
}

variable "auth_token_version" {
  description = "Version of the token; another version sends the token to Redis."
  type        = number
}

variable "engine" {
  description = "Engine: redis or valkey."
  type        = string
}

variable "engine_version" {
  description = "Version of the engine."
  type        = string
}

variable "eviction_policy" {
  description = "Eviction policy for a full memory. noeviction refuses writes; every other policy can drop sessions or token revocations."
  type        = string
}

variable "idle_timeout_seconds" {
  description = "Seconds after which an idle connection is closed."
  type        = number
}

variable "log_retention_days" {
  description = "Retention of the slow log in days; 0 keeps it forever."
  type        = number
}

variable "maintenance_window" {
  description = "Weekly maintenance window, UTC."
  type        = string
}

variable "name" {
  description = "Replication group id."
  type        = string
}

variable "node_type" {
  description = "Node type."
  type        = string
}

variable "nodes" {
  description = "Number of nodes: one primary; the others are replicas in other availability zones."
  type        = number
}

variable "parameter_group_family" {
  description = "Parameter group family of the engine's version."
  type        = string
}

variable "pubsub_buffer_mb" {
  description = "Data that may wait for one subscriber, in MiB; a quarter of it may wait for 180 s."
  type        = number
}

variable "security_group_id" {
  description = "Security group of the nodes."
  type        = string
}

variable "snapshot_retention_days" {
  description = "Retention of the daily snapshots in days; 0 turns them off."
  type        = number
}

variable "snapshot_window" {
  description = "Daily snapshot window, UTC."
  type        = string
}

variable "subnet_ids" {
  description = "Subnets of the nodes."
  type        = list(string)
}

# Generated from spec.yaml by templates/modules/secrets/variables.tf.j2. Do not edit.

variable "name" {
  description = "Prefix of the secrets' names."
  type        = string
}

variable "recovery_window_days" {
  description = "Days during which a deleted secret can be restored; 0 deletes it at once."
  type        = number
}

variable "redis_endpoint" {
  description = "Host name of the Redis primary."
  type        = string
}

variable "redis_port" {
  description = "Port of Redis."
  type        = number
}

variable "redis_token_key" {
  description = "Key of the Redis token in the JSON of that secret."
  type        = string
}

variable "redis_token_secret_arn" {
  description = "Existing secret with the Redis token."
  type        = string
}

variable "webui_secret_key" {
  description = "Key to store instead of a random one."
  type        = string
  default     = null
  ephemeral   = true
  sensitive   = true
}

variable "webui_secret_key_version" {
  description = "Version of WEBUI_SECRET_KEY; a higher version writes a new key, which ends every session."
  type        = number
}

# Generated from spec.yaml by templates/variables.tf.j2. Do not edit.

variable "aws_profile" {
  description = "AWS CLI profile of the provider. Set it to an empty string to use the credentials of the environment, as in a pipeline."
  type        = string
  default     = null
}

variable "webui_secret_key" {
  description = "WEBUI_SECRET_KEY to store instead of a random one. Two services that share users need the same key: set TF_VAR_webui_secret_key to the old service's key on the first apply. The key is stored neither in the plan nor in the state."
  type        = string
  default     = null
  ephemeral   = true
  sensitive   = true
}

# Generated from spec.yaml by templates/variables.tf.j2. Do not edit.

variable "aws_profile" {
  description = "AWS CLI profile of the provider. Empty takes the credentials of the environment, as a pipeline has them."
  type        = string
  default     = "everything"
  nullable    = false
}

variable "webui_secret_key" {
  description = "WEBUI_SECRET_KEY to store instead of a random one. While two services share users, both need the same: pass the old service's key on the first apply (TF_VAR_webui_secret_key). It reaches neither plan nor state."
  type        = string
  default     = null
  ephemeral   = true
  sensitive   = true
}

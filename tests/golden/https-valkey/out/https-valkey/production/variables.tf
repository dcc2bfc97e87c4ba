# Generated from spec.yaml by templates/variables.tf.j2. Do not edit.

variable "aws_profile" {
  description = "AWS CLI profile of the provider. Empty takes the credentials of the environment, as a pipeline has them."
  type        = string
  default     = "chat"
  nullable    = false
}

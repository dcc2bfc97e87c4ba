# Generated from spec.yaml by templates/variables.tf.j2. Do not edit.

variable "aws_profile" {
  description = "AWS CLI profile of the provider. Set it to an empty string to use the credentials of the environment, as in a pipeline."
  type        = string
  default     = null
}

# Generated from spec.yaml by templates/versions.tf.j2. Do not edit.

terraform {
  # Write-only arguments, which keep secrets out of the state, need Terraform 1.11.
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.69"
    }
  }
}

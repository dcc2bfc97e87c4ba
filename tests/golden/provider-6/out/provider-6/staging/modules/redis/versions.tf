# Generated from spec.yaml by templates/modules/redis/versions.tf.j2. Do not edit.

terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.69"
    }
  }
}

# Generated from spec.yaml by templates/providers.tf.j2. Do not edit.

provider "aws" {
  profile = var.aws_profile
  region  = "eu-west-1"

  default_tags {
    tags = {
      Deployment  = "provider-6"
      Environment = "staging"
      ManagedBy   = "terraform"
    }
  }
}

# Generated from spec.yaml by templates/providers.tf.j2. Do not edit.

provider "aws" {
  profile = var.aws_profile
  region  = "us-west-2"

  default_tags {
    tags = {
      Deployment  = "fixed"
      Environment = "production"
      ManagedBy   = "terraform"
    }
  }
}

# Generated from spec/spec.yaml by templates/providers.tf.j2. Do not edit.

provider "aws" {
  allowed_account_ids = ["908027381725"]
  profile             = var.aws_profile
  region              = "us-east-1"

  default_tags {
    tags = {
      Application = "open-webui"
      Deployment  = "gravity-ai-chat"
      Environment = "production"
      ManagedBy   = "terraform"
    }
  }
}

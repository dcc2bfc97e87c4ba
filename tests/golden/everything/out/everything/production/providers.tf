# Generated from spec.yaml by templates/providers.tf.j2. Do not edit.

provider "aws" {
  allowed_account_ids = ["111122223333"]
  profile             = var.aws_profile
  region              = "us-east-1"

  default_tags {
    tags = {
      Deployment    = "everything"
      Environment   = "production"
      ManagedBy     = "terraform"
      Owner         = "platform"
      "cost center" = "4711"
    }
  }
}

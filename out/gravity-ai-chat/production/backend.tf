# Generated from spec/spec.yaml by templates/backend.tf.j2. Do not edit.

terraform {
  backend "s3" {
    bucket         = "gg-ai-terraform-states"
    dynamodb_table = "terraform-state-locks"
    encrypt        = true
    key            = "production/gravity-ai-chat/terraform.tfstate"
    profile        = "908027381725_AdministratorAccess"
    region         = "us-east-1"
  }
}

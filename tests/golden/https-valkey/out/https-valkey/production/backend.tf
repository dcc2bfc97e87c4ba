# Generated from spec.yaml by templates/backend.tf.j2. Do not edit.

terraform {
  backend "s3" {
    bucket         = "chat-states"
    dynamodb_table = "chat-locks"
    encrypt        = true
    key            = "chat/terraform.tfstate"
    profile        = "chat"
    region         = "eu-central-1"
  }
}

# Generated from spec.yaml by templates/backend.tf.j2. Do not edit.

terraform {
  backend "s3" {
    bucket       = "chat-states"
    encrypt      = true
    key          = "provider-6-staging.tfstate"
    region       = "eu-west-1"
    use_lockfile = true
  }
}

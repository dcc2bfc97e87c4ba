# Generated from spec.yaml by templates/backend.tf.j2. Do not edit.

terraform {
  backend "s3" {
    bucket       = "fixed-states"
    encrypt      = true
    key          = "fixed/terraform.tfstate"
    region       = "us-west-2"
    use_lockfile = true
  }
}

# Generated from spec.yaml by templates/backend.tf.j2. Do not edit.

terraform {
  backend "s3" {
    bucket         = "everything-states"
    dynamodb_table = "everything-locks"
    encrypt        = true
    key            = "production/everything/terraform.tfstate"
    kms_key_id     = "arn:aws:kms:us-east-2:111122223333:key/11111111-2222-4333-8444-555555555555"
    profile        = "everything"
    region         = "us-east-2"
    use_lockfile   = true
  }
}

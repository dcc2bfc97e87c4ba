# Generated from spec.yaml by templates/modules/monitoring/main.tf.j2. Do not edit.

locals {
  topic_arn = var.topic_arn
}

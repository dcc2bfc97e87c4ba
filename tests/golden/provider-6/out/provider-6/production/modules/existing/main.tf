# Generated from spec.yaml by templates/modules/existing/main.tf.j2. Do not edit.

# Only data sources. A plan reads them and fails if a resource that the spec names is missing or does not fit the
# others, before Terraform creates anything.

data "aws_vpc" "this" {
  id = var.vpc_id
}

data "aws_subnet" "private" {
  for_each = toset(var.private_subnet_ids)

  id = each.key

  lifecycle {
    postcondition {
      condition     = self.vpc_id == var.vpc_id
      error_message = "Subnet ${each.key} is in ${self.vpc_id}, not in ${var.vpc_id}: correct existing.private_subnets or existing.vpc in the spec."
    }
  }
}

data "aws_ecs_cluster" "this" {
  cluster_name = var.cluster_name

  lifecycle {
    postcondition {
      condition     = self.status == "ACTIVE"
      error_message = "ECS cluster ${var.cluster_name} is ${self.status}, not ACTIVE: correct existing.cluster in the spec."
    }
  }
}

# The metadata of the secret, without its value.
# tflint-ignore: terraform_unused_declarations # a plan fails if the secret is missing
data "aws_secretsmanager_secret" "database_url" {
  arn = var.database_url_secret_arn
}

data "aws_efs_file_system" "this" {
  file_system_id = var.file_system_id
}

data "aws_efs_access_point" "this" {
  access_point_id = var.file_system_access_point_id

  lifecycle {
    postcondition {
      condition     = self.file_system_id == var.file_system_id
      error_message = "Access point ${var.file_system_access_point_id} belongs to ${self.file_system_id}, not to ${var.file_system_id}: correct existing.files in the spec."
    }
  }
}

check "files_are_encrypted" {
  assert {
    condition     = data.aws_efs_file_system.this.encrypted
    error_message = "EFS ${var.file_system_id} is not encrypted at rest. EFS cannot encrypt in place; see https://docs.aws.amazon.com/efs/latest/ug/encryption-at-rest.html."
  }
}

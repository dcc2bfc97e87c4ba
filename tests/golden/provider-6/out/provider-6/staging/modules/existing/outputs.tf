# Generated from spec.yaml by templates/modules/existing/outputs.tf.j2. Do not edit.

output "cluster_arn" {
  description = "ARN of the ECS cluster."
  value       = data.aws_ecs_cluster.this.arn
}

output "cluster_name" {
  description = "Name of the ECS cluster."
  value       = data.aws_ecs_cluster.this.cluster_name
}

output "file_system_access_point_arn" {
  description = "ARN of the EFS access point."
  value       = data.aws_efs_access_point.this.arn
}

output "file_system_access_point_id" {
  description = "Id of the EFS access point."
  value       = data.aws_efs_access_point.this.access_point_id
}

output "file_system_arn" {
  description = "ARN of the EFS file system."
  value       = data.aws_efs_file_system.this.arn
}

output "file_system_id" {
  description = "Id of the EFS file system."
  value       = data.aws_efs_file_system.this.file_system_id
}

output "files_as_root" {
  # https://docs.aws.amazon.com/efs/latest/ug/enforce-identity-access-points.html
  description = "Whether Open WebUI, which runs as root, is root on the file system: the access point sets no user, or sets root."
  value       = try(data.aws_efs_access_point.this.posix_user[0].uid, 0) == 0
}

output "private_subnet_cidr_blocks" {
  description = "Address ranges of the private subnets."
  value       = sort([for subnet in data.aws_subnet.private : subnet.cidr_block])
}

output "private_subnet_ids" {
  description = "Private subnets, each in the VPC and in an availability zone of its own."
  value       = keys(data.aws_subnet.private)

  precondition {
    condition     = length(distinct([for subnet in data.aws_subnet.private : subnet.availability_zone])) == length(data.aws_subnet.private)
    error_message = "Two private subnets share an availability zone, and a load balancer accepts one subnet in each zone. Keep one subnet in each zone in existing.private_subnets in the spec."
  }
}

output "vpc_id" {
  description = "Id of the VPC."
  value       = data.aws_vpc.this.id
}

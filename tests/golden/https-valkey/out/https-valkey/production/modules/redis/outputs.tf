# Generated from spec.yaml by templates/modules/redis/outputs.tf.j2. Do not edit.

output "node_ids" {
  description = "Cache cluster id of each node by its number, as CloudWatch names it."
  value       = { for suffix in local.node_suffixes : suffix => "${aws_elasticache_replication_group.this.replication_group_id}-${suffix}" }
}

output "port" {
  description = "Port of every node."
  value       = aws_elasticache_replication_group.this.port
}

output "primary_endpoint" {
  description = "Host name that always leads to the primary."
  value       = aws_elasticache_replication_group.this.primary_endpoint_address
}

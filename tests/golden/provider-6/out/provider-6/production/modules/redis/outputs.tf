# Generated from spec.yaml by templates/modules/redis/outputs.tf.j2. Do not edit.

output "node_ids" {
  description = "Cache cluster id of each node, the CloudWatch dimension, by the number of the node."
  value       = { for suffix in local.node_suffixes : suffix => "${aws_elasticache_replication_group.this.replication_group_id}-${suffix}" }
}

output "port" {
  description = "Port of every node."
  value       = aws_elasticache_replication_group.this.port
}

output "primary_endpoint" {
  description = "Host name of the primary; it stays the same after a failover."
  value       = aws_elasticache_replication_group.this.primary_endpoint_address
}

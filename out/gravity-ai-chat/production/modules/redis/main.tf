# Generated from spec/spec.yaml by templates/modules/redis/main.tf.j2. Do not edit.

locals {
  # CloudWatch has metrics of the nodes, never of the group; ElastiCache names them <group>-001, -002 …
  # https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.html
  node_suffixes = [for number in range(1, var.nodes + 1) : format("%03d", number)]
}

resource "aws_elasticache_subnet_group" "this" {
  name        = var.name
  description = "Private subnets of ${var.name}"
  subnet_ids  = var.subnet_ids
}

resource "aws_elasticache_parameter_group" "this" {
  # A group belongs to one family for good: a new family gets a new group, before the old one goes.
  name        = "${var.name}-${replace(var.parameter_group_family, ".", "-")}"
  description = "Open WebUI on ${var.parameter_group_family}"
  family      = var.parameter_group_family

  # https://docs.openwebui.com/troubleshooting/performance#redis-tuning asks for `timeout`; its other setting,
  # maxclients, is fixed by ElastiCache.
  parameter {
    name  = "maxmemory-policy"
    value = var.eviction_policy
  }

  parameter {
    name  = "timeout"
    value = var.idle_timeout_seconds
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_elasticache_replication_group" "this" {
  #checkov:skip=CKV_AWS_191:encrypted with AWS's key; existing.kms_key_arn in the spec names another
  #checkov:skip=CKV2_AWS_50:failover and multi-AZ follow from redis.nodes in the spec; one node has nothing to fail over to
  replication_group_id = var.name
  description          = "Sessions, WebSocket rooms and tasks of ${var.name}"
  engine               = var.engine
  engine_version       = var.engine_version
  node_type            = var.node_type
  num_cache_clusters   = var.nodes
  parameter_group_name = aws_elasticache_parameter_group.this.name
  port                 = 6379

  automatic_failover_enabled = var.nodes > 1
  multi_az_enabled           = var.nodes > 1

  security_group_ids = [var.security_group_id]
  subnet_group_name  = aws_elasticache_subnet_group.this.name

  # The one secret in the state: the provider has no write-only form of auth_token.
  # Redis takes the new token and the one before it, so tasks keep their connections while they are replaced.
  auth_token                 = var.auth_token
  auth_token_update_strategy = "ROTATE"
  transit_encryption_enabled = true

  at_rest_encryption_enabled = true

  # The spec names the version: after an upgrade by AWS, Terraform would see a downgrade and replace every node.
  auto_minor_version_upgrade = false

  apply_immediately        = var.apply_immediately
  maintenance_window       = var.maintenance_window
  snapshot_retention_limit = var.snapshot_retention_days
  snapshot_window          = var.snapshot_window

  log_delivery_configuration {
    destination      = aws_cloudwatch_log_group.slow_log.name
    destination_type = "cloudwatch-logs"
    log_format       = "json"
    log_type         = "slow-log"
  }
}

resource "aws_cloudwatch_log_group" "slow_log" {
  #checkov:skip=CKV_AWS_158:encrypted with AWS's key; existing.kms_key_arn in the spec names another
  #checkov:skip=CKV_AWS_338:how long logs are kept is a choice of the spec (redis.log_retention_days)
  name              = "/elasticache/${var.name}/slow-log"
  retention_in_days = var.log_retention_days
}

# Failovers and removals can leave nodes with other numbers, and an alarm on a node that is not there never fires.
check "alarms_watch_the_nodes" {
  assert {
    condition     = toset([for suffix in local.node_suffixes : "${var.name}-${suffix}"]) == aws_elasticache_replication_group.this.member_clusters
    error_message = "The Redis nodes are ${join(", ", aws_elasticache_replication_group.this.member_clusters)}; the alarms watch ${var.name}-001 to -${format("%03d", var.nodes)}."
  }
}

# Generated from spec.yaml by templates/modules/redis/main.tf.j2. Do not edit.

locals {
  # CloudWatch has metrics of the nodes, not of the group. ElastiCache names the nodes <group>-001, <group>-002, ...
  # https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.html
  node_suffixes = [for number in range(1, var.nodes + 1) : format("%03d", number)]
}

resource "aws_elasticache_subnet_group" "this" {
  name        = var.name
  description = "Private subnets of ${var.name}"
  subnet_ids  = var.subnet_ids
}

resource "aws_elasticache_parameter_group" "this" {
  # The family of a parameter group is fixed. With the family in its name, the group of a new family can be created
  # before the old one is destroyed.
  name        = "${var.name}-${replace(var.parameter_group_family, ".", "-")}"
  description = "Open WebUI on ${var.parameter_group_family}"
  family      = var.parameter_group_family

  # Open WebUI recommends `timeout 1800`, `maxclients 10000`, `maxmemory-policy noeviction` and larger buffers of Pub/Sub.
  # ElastiCache fixes `maxclients` at 65,000. The other parameters change at once, without a restart.
  # https://docs.openwebui.com/troubleshooting/performance#redis-tuning
  # https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html
  parameter {
    name  = "client-output-buffer-limit-pubsub-hard-limit"
    value = var.pubsub_buffer_mb * 1024 * 1024
  }

  parameter {
    name  = "client-output-buffer-limit-pubsub-soft-limit"
    value = var.pubsub_buffer_mb * 256 * 1024
  }

  parameter {
    name  = "client-output-buffer-limit-pubsub-soft-seconds"
    value = 180
  }

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
  #checkov:skip=CKV_AWS_191:encrypted with a key of AWS; existing.kms_key_arn in the spec sets a customer-managed key
  #checkov:skip=CKV_AWS_31:the token is in auth_token_wo, which checkov does not know
  #checkov:skip=CKV2_AWS_50:failover and multi-AZ are on, in expressions that checkov does not evaluate
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

  # A write-only argument: the token is stored neither in a plan nor in the state. A new version number sends it again.
  # ROTATE keeps the previous token valid, so that tasks stay connected while they are replaced.
  auth_token_wo              = var.auth_token
  auth_token_wo_version      = var.auth_token_version
  auth_token_update_strategy = "ROTATE"
  transit_encryption_enabled = true

  at_rest_encryption_enabled = true

  # The spec sets the version. After an upgrade by AWS, a plan would be a downgrade, which replaces every node.
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
  #checkov:skip=CKV_AWS_158:encrypted with a key of AWS; existing.kms_key_arn in the spec sets a customer-managed key
  #checkov:skip=CKV_AWS_338:redis.log_retention_days in the spec sets the retention
  name              = "/elasticache/${var.name}/slow-log"
  retention_in_days = var.log_retention_days
}

# After a failover or a removal, nodes can have other numbers. An alarm on a missing node never fires.
check "alarms_watch_the_nodes" {
  assert {
    condition     = toset([for suffix in local.node_suffixes : "${var.name}-${suffix}"]) == aws_elasticache_replication_group.this.member_clusters
    error_message = "The Redis nodes are ${join(", ", aws_elasticache_replication_group.this.member_clusters)}; the alarms watch ${var.name}-001 to -${format("%03d", var.nodes)}."
  }
}

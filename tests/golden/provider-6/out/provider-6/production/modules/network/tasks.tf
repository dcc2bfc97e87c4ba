# Generated from spec.yaml by templates/modules/network/tasks.tf.j2. Do not edit.

# Only the load balancer can reach the tasks: no client can bypass it and forge the headers that it sets.
resource "aws_vpc_security_group_ingress_rule" "tasks_from_load_balancer" {
  security_group_id            = aws_security_group.tasks.id
  description                  = "Open WebUI load balancer"
  referenced_security_group_id = aws_security_group.load_balancer.id
  from_port                    = local.app_port
  to_port                      = local.app_port
  ip_protocol                  = "tcp"

  tags = { Name = "${var.name}-alb" }
}

resource "aws_vpc_security_group_egress_rule" "tasks_to_redis" {
  security_group_id            = aws_security_group.tasks.id
  description                  = "Open WebUI Redis"
  referenced_security_group_id = aws_security_group.redis.id
  from_port                    = local.redis_port
  to_port                      = local.redis_port
  ip_protocol                  = "tcp"

  tags = { Name = "${var.name}-redis" }
}

resource "aws_vpc_security_group_ingress_rule" "redis_from_tasks" {
  security_group_id            = aws_security_group.redis.id
  description                  = "Open WebUI tasks"
  referenced_security_group_id = aws_security_group.tasks.id
  from_port                    = local.redis_port
  to_port                      = local.redis_port
  ip_protocol                  = "tcp"

  tags = { Name = "${var.name}-tasks" }
}

resource "aws_vpc_security_group_egress_rule" "tasks_to_database" {
  security_group_id            = aws_security_group.tasks.id
  description                  = "Existing database"
  referenced_security_group_id = var.database_security_group_id
  from_port                    = var.database_port
  to_port                      = var.database_port
  ip_protocol                  = "tcp"

  tags = { Name = "${var.name}-database" }
}

resource "aws_vpc_security_group_egress_rule" "tasks_to_file_system" {
  for_each = var.file_system_security_group_ids

  security_group_id            = aws_security_group.tasks.id
  description                  = "Existing files"
  referenced_security_group_id = each.key
  from_port                    = local.file_system_port
  to_port                      = local.file_system_port
  ip_protocol                  = "tcp"

  tags = { Name = "${var.name}-files" }
}

resource "aws_vpc_security_group_egress_rule" "tasks_to_peer" {
  for_each = var.peers

  security_group_id            = aws_security_group.tasks.id
  description                  = each.key
  referenced_security_group_id = each.value.security_group_id
  from_port                    = each.value.port
  to_port                      = each.value.port
  ip_protocol                  = "tcp"

  tags = { Name = each.key }
}

# For example model providers, the image registry, and the AWS APIs that tasks call.
resource "aws_vpc_security_group_egress_rule" "tasks_to_named" {
  for_each = var.egress

  security_group_id            = aws_security_group.tasks.id
  description                  = each.key
  cidr_ipv4                    = each.value.cidr_ipv4
  cidr_ipv6                    = each.value.cidr_ipv6
  prefix_list_id               = each.value.prefix_list_id
  referenced_security_group_id = each.value.security_group_id
  from_port                    = each.value.port
  to_port                      = coalesce(each.value.to_port, each.value.port)
  ip_protocol                  = each.value.protocol

  tags = { Name = each.key }
}

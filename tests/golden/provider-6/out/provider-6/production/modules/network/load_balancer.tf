# Generated from spec.yaml by templates/modules/network/load_balancer.tf.j2. Do not edit.

# The sources that can reach Open WebUI: one rule for each. Every other source is blocked.

resource "aws_vpc_security_group_ingress_rule" "load_balancer_http" {
  for_each = var.allow_from

  security_group_id            = aws_security_group.load_balancer.id
  description                  = each.key
  cidr_ipv4                    = each.value.cidr_ipv4
  cidr_ipv6                    = each.value.cidr_ipv6
  prefix_list_id               = each.value.prefix_list_id
  referenced_security_group_id = each.value.security_group_id
  from_port                    = var.http_port
  to_port                      = var.http_port
  ip_protocol                  = "tcp"

  tags = { Name = each.key }
}

resource "aws_vpc_security_group_egress_rule" "load_balancer_to_tasks" {
  security_group_id            = aws_security_group.load_balancer.id
  description                  = "Open WebUI tasks"
  referenced_security_group_id = aws_security_group.tasks.id
  from_port                    = local.app_port
  to_port                      = local.app_port
  ip_protocol                  = "tcp"

  tags = { Name = "${var.name}-tasks" }
}

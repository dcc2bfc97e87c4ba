# Generated from spec.yaml by templates/modules/network/existing.tf.j2. Do not edit.

# The only changes to existing resources: one rule in each security group of the database, of the files and of the
# peers. Each rule is a resource of its own. The other rules of the groups stay unchanged, and a destroy of this
# deployment removes only these rules. (If the owner of a group manages its rules inline in Terraform, the owner's next
# apply removes these rules, because inline rules manage the whole group.)

resource "aws_vpc_security_group_ingress_rule" "database_from_tasks" {
  security_group_id            = var.database_security_group_id
  description                  = "Open WebUI tasks of ${var.name}"
  referenced_security_group_id = aws_security_group.tasks.id
  from_port                    = var.database_port
  to_port                      = var.database_port
  ip_protocol                  = "tcp"

  tags = { Name = "${var.name}-tasks" }
}

resource "aws_vpc_security_group_ingress_rule" "file_system_from_tasks" {
  for_each = var.file_system_security_group_ids

  security_group_id            = each.key
  description                  = "Open WebUI tasks of ${var.name}"
  referenced_security_group_id = aws_security_group.tasks.id
  from_port                    = local.file_system_port
  to_port                      = local.file_system_port
  ip_protocol                  = "tcp"

  tags = { Name = "${var.name}-tasks" }
}

resource "aws_vpc_security_group_ingress_rule" "peer_from_tasks" {
  for_each = var.peers

  security_group_id            = each.value.security_group_id
  description                  = "Open WebUI tasks of ${var.name}"
  referenced_security_group_id = aws_security_group.tasks.id
  from_port                    = each.value.port
  to_port                      = each.value.port
  ip_protocol                  = "tcp"

  tags = { Name = "${var.name}-tasks" }
}

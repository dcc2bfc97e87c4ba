# Generated from spec.yaml by templates/modules/network/existing.tf.j2. Do not edit.

# The only things that this deployment adds to what it does not own: one rule each on the groups of the database,
# of the files and of the named peers. They are resources of their own, so the groups' other rules stay as they are,
# and destroying this deployment takes away these and nothing else. (Where the groups' owner keeps inline rules in
# Terraform, that owner's next apply removes them: inline rules claim the whole group.)

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

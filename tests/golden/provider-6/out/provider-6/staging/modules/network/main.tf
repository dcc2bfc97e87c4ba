# Generated from spec.yaml by templates/modules/network/main.tf.j2. Do not edit.

locals {
  app_port         = 8080
  file_system_port = 2049
  redis_port       = 6379
}

resource "aws_security_group" "load_balancer" {
  #checkov:skip=CKV2_AWS_5:attached in the module load_balancer
  name        = "${var.name}-alb"
  description = "Open WebUI load balancer: named sources in, tasks out"
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-alb" }
}

resource "aws_security_group" "tasks" {
  #checkov:skip=CKV2_AWS_5:attached in the module service
  name        = "${var.name}-tasks"
  description = "Open WebUI tasks: load balancer in"
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-tasks" }
}

resource "aws_security_group" "redis" {
  #checkov:skip=CKV2_AWS_5:attached in the module redis
  name        = "${var.name}-redis"
  description = "Open WebUI Redis: tasks in"
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-redis" }
}

# Generated from spec.yaml by templates/modules/load_balancer/main.tf.j2. Do not edit.

resource "aws_lb" "this" {
  #checkov:skip=CKV_AWS_91:access logs are off in the spec (load_balancer.access_logs)
  #checkov:skip=CKV_AWS_150:deletion protection is off in the spec (load_balancer.deletion_protection)
  name               = var.name
  internal           = true
  load_balancer_type = "application"
  security_groups    = [var.security_group_id]
  subnets            = var.subnet_ids

  drop_invalid_header_fields = true
  enable_deletion_protection = var.deletion_protection
  idle_timeout               = var.idle_timeout_seconds
}

resource "aws_lb_target_group" "this" {
  #checkov:skip=CKV_AWS_378:Open WebUI serves only HTTP, and its security group admits only the load balancer
  name        = var.name
  port        = 8080
  protocol    = "HTTP"
  target_type = "ip"
  vpc_id      = var.vpc_id

  deregistration_delay          = var.deregistration_delay_seconds
  load_balancing_algorithm_type = var.algorithm
  slow_start                    = var.slow_start_seconds

  # Never /ready: it also checks Redis, so that one Redis outage would replace every task.
  health_check {
    healthy_threshold   = var.health_check.healthy_threshold
    interval            = var.health_check.interval_seconds
    matcher             = var.health_check.matcher
    path                = var.health_check.path
    protocol            = "HTTP"
    timeout             = var.health_check.timeout_seconds
    unhealthy_threshold = var.health_check.unhealthy_threshold
  }

  stickiness {
    cookie_duration = var.stickiness_seconds
    enabled         = true
    type            = "lb_cookie"
  }
}

# No TLS: passwords and sessions cross the network unencrypted, and scanners report it. existing.certificate_arn in the spec
# turns on HTTPS; load_balancer.tls_termination names a proxy that serves it.
resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.this.arn
  port              = var.http_port
  protocol          = "HTTP"

  default_action {
    target_group_arn = aws_lb_target_group.this.arn
    type             = "forward"
  }
}

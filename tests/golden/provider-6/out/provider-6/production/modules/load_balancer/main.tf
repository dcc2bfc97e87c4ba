# Generated from spec.yaml by templates/modules/load_balancer/main.tf.j2. Do not edit.

resource "aws_lb" "this" {
  #checkov:skip=CKV2_AWS_20:a proxy in front terminates TLS (load_balancer.tls_termination in the spec)
  name               = var.name
  internal           = true
  load_balancer_type = "application"
  security_groups    = [var.security_group_id]
  subnets            = var.subnet_ids

  drop_invalid_header_fields = true
  enable_deletion_protection = var.deletion_protection
  idle_timeout               = var.idle_timeout_seconds

  access_logs {
    bucket  = aws_s3_bucket.access_logs.id
    enabled = true
    prefix  = var.access_log_prefix
  }

  # The load balancer writes a test file to the bucket when access logs are turned on.
  depends_on = [aws_s3_bucket_policy.access_logs]

  # Fails in the plan. Without this, a destroy would delete the service and the listeners before AWS refuses to delete
  # the load balancer.
  lifecycle {
    prevent_destroy = true
  }
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

resource "aws_lb_listener" "http" {
  #checkov:skip=CKV_AWS_2:a proxy in front terminates TLS (load_balancer.tls_termination in the spec)
  #checkov:skip=CKV_AWS_103:this listener serves no TLS, see above
  load_balancer_arn = aws_lb.this.arn
  port              = var.http_port
  protocol          = "HTTP"

  default_action {
    target_group_arn = aws_lb_target_group.this.arn
    type             = "forward"
  }
}

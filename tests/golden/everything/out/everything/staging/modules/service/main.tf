# Generated from spec.yaml by templates/modules/service/main.tf.j2. Do not edit.

data "aws_region" "current" {}

resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_338:service.log_retention_days in the spec sets the retention
  name              = "/ecs/${var.name}"
  kms_key_id        = var.log_kms_key_arn
  retention_in_days = var.log_retention_days
}

resource "aws_ecs_task_definition" "this" {
  #checkov:skip=CKV_AWS_336:Open WebUI writes to open_webui/static and to its cache when it starts
  family                   = var.name
  cpu                      = var.cpu_units
  execution_role_arn       = aws_iam_role.execution.arn
  memory                   = var.memory_mib
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  task_role_arn            = aws_iam_role.task.arn

  # Old revisions stay active for a rollback. create_before_destroy would keep the last one too, but every dependency of
  # the task definition would inherit it, and two Redis groups cannot have the same name at the same time.
  skip_destroy = true

  container_definitions = jsonencode([
    {
      name                  = "open-webui"
      image                 = var.image
      essential             = true
      repositoryCredentials = { credentialsParameter = var.registry_credentials_arn }

      environment = [for name, value in var.environment : { name = name, value = value }]
      secrets     = [for name, arn in var.secrets : { name = name, valueFrom = arn }]

      portMappings = [{ containerPort = 8080, hostPort = 8080, protocol = "tcp" }]
      mountPoints  = [{ containerPath = "/app/backend/data", readOnly = false, sourceVolume = "data" }]

      # `init` reaps zombie processes of the uvicorn workers and of ECS Exec.
      linuxParameters = { initProcessEnabled = true }
      stopTimeout     = var.stop_timeout_seconds

      # A task serves requests only after it has loaded its models, which can take minutes.
      healthCheck = {
        command     = ["CMD-SHELL", "curl --fail --silent --output /dev/null http://127.0.0.1:8080/health || exit 1"]
        interval    = var.health_check.interval_seconds
        retries     = var.health_check.retries
        startPeriod = var.health_check.start_period_seconds
        timeout     = var.health_check.timeout_seconds
      }

      logConfiguration = {
        logDriver = "awslogs"
        options = {
          awslogs-group         = aws_cloudwatch_log_group.this.name
          awslogs-region        = data.aws_region.current.name
          awslogs-stream-prefix = "open-webui"

          # If CloudWatch Logs is slow or fails, a task continues. A buffer keeps the lines; if it is full, lines are lost.
          # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
          max-buffer-size = "25m"
          mode            = "non-blocking"
        }
      }
    },
  ])

  ephemeral_storage {
    size_in_gib = var.ephemeral_storage_gb
  }

  runtime_platform {
    cpu_architecture        = var.architecture
    operating_system_family = "LINUX"
  }

  volume {
    name = "data"

    efs_volume_configuration {
      file_system_id     = var.file_system_id
      transit_encryption = "ENABLED"

      authorization_config {
        access_point_id = var.file_system_access_point_id
        iam             = "ENABLED"
      }
    }
  }
}

resource "aws_ecs_service" "this" {
  #checkov:skip=CKV_AWS_332:service.platform_version in the spec sets the platform version
  name             = var.name
  cluster          = var.cluster_arn
  desired_count    = var.instances
  launch_type      = "FARGATE"
  platform_version = var.platform_version
  task_definition  = aws_ecs_task_definition.this.arn

  # Rebalancing starts a task before it stops another, so the deployment must allow one more task.
  availability_zone_rebalancing = var.deployment_maximum_percent > 100 ? "ENABLED" : "DISABLED"
  enable_ecs_managed_tags       = true
  enable_execute_command        = false
  propagate_tags                = "SERVICE"

  deployment_maximum_percent         = var.deployment_maximum_percent
  deployment_minimum_healthy_percent = var.deployment_minimum_percent
  health_check_grace_period_seconds  = var.grace_period_seconds
  wait_for_steady_state              = var.wait_for_steady_state

  deployment_circuit_breaker {
    enable   = true
    rollback = false
  }

  load_balancer {
    container_name   = "open-webui"
    container_port   = 8080
    target_group_arn = var.target_group_arn
  }

  network_configuration {
    assign_public_ip = false
    security_groups  = [var.security_group_id]
    subnets          = var.subnet_ids
  }

  # A replaced task drains for the deregistration delay, so the provider's default of 20 minutes can be too short.
  timeouts {
    create = "60m"
    delete = "60m"
    update = "60m"
  }

  lifecycle {
    # Autoscaling manages the count after the creation.
    ignore_changes = [desired_count]

    # A deployment that ECS rolled back also ends in a steady state; without this check the apply would succeed.
    # https://github.com/hashicorp/terraform-provider-aws/issues/20858
    postcondition {
      condition     = self.task_definition == aws_ecs_task_definition.this.arn
      error_message = "ECS rolled ${var.name} back to ${self.task_definition}: see its events and its log."
    }
  }

  # Tasks that start before their roles have permissions fail, and the circuit breaker counts these failures.
  depends_on = [
    aws_iam_role_policy.execution,
    aws_iam_role_policy.task,
    aws_iam_role_policy_attachment.task,
  ]
}

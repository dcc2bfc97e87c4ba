# Generated from spec.yaml by templates/modules/service/migration.tf.j2. Do not edit.

# Migrates the database for the next release: the runbook runs one task of it, which ends after the migration. It has its
# own family, so the service and its rollbacks never use it.
resource "aws_ecs_task_definition" "migration" {
  #checkov:skip=CKV_AWS_336:Open WebUI writes to open_webui/static and to its cache when it starts
  family                   = "${var.name}-migration"
  cpu                      = var.cpu_units
  execution_role_arn       = aws_iam_role.execution.arn
  memory                   = var.memory_mib
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  task_role_arn            = aws_iam_role.task.arn

  container_definitions = jsonencode([
    {
      name                  = "open-webui"
      image                 = var.migration_image
      essential             = true
      repositoryCredentials = { credentialsParameter = var.registry_credentials_arn }

      # Open WebUI migrates when this module is imported, in this one process; then the task ends.
      command = ["python", "-c", "import open_webui.config"]

      environment = [for name, value in merge(var.environment, { ENABLE_DB_MIGRATIONS = "true" }) : { name = name, value = value }]
      secrets     = [for name, arn in var.secrets : { name = name, valueFrom = arn }]

      mountPoints = [{ containerPath = "/app/backend/data", readOnly = false, sourceVolume = "data" }]

      linuxParameters = { initProcessEnabled = true }

      logConfiguration = {
        logDriver = "awslogs"
        options = {
          awslogs-group         = aws_cloudwatch_log_group.this.name
          awslogs-region        = data.aws_region.current.name
          awslogs-stream-prefix = "migration"
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

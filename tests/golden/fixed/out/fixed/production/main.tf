# Generated from spec.yaml by templates/main.tf.j2. Do not edit.

# This module only reads existing resources: no plan of this root module can change or destroy them.
module "existing" {
  source = "./modules/existing"

  cluster_name                = "fixed"
  database_instance_id        = "fixed"
  database_security_group_id  = "sg-0123456789abcdef0"
  database_url_secret_arn     = "arn:aws:secretsmanager:us-west-2:111122223333:secret:fixed/database-AbCdEf"
  file_system_access_point_id = "fsap-0123456789abcdef0"
  file_system_id              = "fs-0123456789abcdef0"
  private_subnet_ids          = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
  vpc_id                      = "vpc-0123456789abcdef0"
}

module "network" {
  source = "./modules/network"

  allow_from = {
    vpn = {
      cidr_ipv4 = "10.8.0.0/16"
    }
  }
  database_port              = 5432
  database_security_group_id = "sg-0123456789abcdef0"
  egress = {
    https = {
      cidr_ipv4 = "0.0.0.0/0"
      port      = 443
    }
  }
  file_system_security_group_ids = ["sg-0123456789abcdef1"]
  http_port                      = 80
  name                           = "fixed"
  peers                          = {}
  vpc_id                         = module.existing.vpc_id
}

module "load_balancer" {
  source = "./modules/load_balancer"

  algorithm                    = "round_robin"
  deletion_protection          = false
  deregistration_delay_seconds = 300
  health_check = {
    healthy_threshold   = 2
    interval_seconds    = 30
    matcher             = "200"
    path                = "/health"
    timeout_seconds     = 5
    unhealthy_threshold = 3
  }
  http_port            = 80
  idle_timeout_seconds = 300
  name                 = "fixed"
  security_group_id    = module.network.alb_security_group_id
  slow_start_seconds   = 60
  stickiness_seconds   = 86400
  subnet_ids           = module.existing.private_subnet_ids
  vpc_id               = module.existing.vpc_id
}

module "secrets" {
  source = "./modules/secrets"

  name                     = "fixed"
  recovery_window_days     = 7
  redis_endpoint           = module.redis.primary_endpoint
  redis_port               = module.redis.port
  redis_token_version      = 1
  webui_secret_key         = var.webui_secret_key
  webui_secret_key_version = 1
}

module "redis" {
  source = "./modules/redis"

  apply_immediately       = true
  auth_token              = module.secrets.redis_token
  engine                  = "redis"
  engine_version          = "7.1"
  eviction_policy         = "noeviction"
  idle_timeout_seconds    = 1800
  maintenance_window      = "sun:05:00-sun:06:00"
  name                    = "fixed"
  node_type               = "cache.t4g.micro"
  nodes                   = 1
  parameter_group_family  = "redis7"
  pubsub_buffer_mb        = 128
  security_group_id       = module.network.redis_security_group_id
  snapshot_retention_days = 0
  snapshot_window         = "03:00-04:00"
  subnet_ids              = module.existing.private_subnet_ids
}

module "service" {
  source = "./modules/service"

  architecture               = "X86_64"
  cluster_arn                = module.existing.cluster_arn
  cpu_units                  = 512
  deployment_maximum_percent = 200
  deployment_minimum_percent = 100
  environment = {
    AIOHTTP_CLIENT_TIMEOUT                      = "300"
    DATABASE_POOL_MAX_OVERFLOW                  = "0"
    DATABASE_POOL_RECYCLE                       = "3600"
    DATABASE_POOL_SIZE                          = "5"
    DATABASE_POOL_TIMEOUT                       = "30"
    ENABLE_DB_MIGRATIONS                        = "false"
    ENABLE_PERSISTENT_CONFIG                    = "true"
    ENABLE_PIP_INSTALL_FRONTMATTER_REQUIREMENTS = "false"
    ENABLE_WEBSOCKET_SUPPORT                    = "true"
    FORWARDED_ALLOW_IPS                         = join(",", module.existing.private_subnet_cidr_blocks)
    LOG_FORMAT                                  = "json"
    PGVECTOR_POOL_SIZE                          = "5"
    REDIS_HEALTH_CHECK_INTERVAL                 = "60"
    REDIS_KEY_PREFIX                            = "fixed"
    REDIS_SOCKET_CONNECT_TIMEOUT                = "5"
    REDIS_SOCKET_KEEPALIVE                      = "true"
    THREAD_POOL_SIZE                            = "2000"
    UVICORN_WORKERS                             = "1"
    VECTOR_DB                                   = "pgvector"
    WEBSOCKET_MANAGER                           = "redis"
    WEBSOCKET_SERVER_PING_INTERVAL              = "25"
    WEBSOCKET_SERVER_PING_TIMEOUT               = "20"
  }
  file_system_access_point_arn = module.existing.file_system_access_point_arn
  file_system_access_point_id  = module.existing.file_system_access_point_id
  file_system_arn              = module.existing.file_system_arn
  file_system_id               = module.existing.file_system_id
  files_as_root                = module.existing.files_as_root
  grace_period_seconds         = 360
  health_check = {
    interval_seconds     = 30
    retries              = 3
    start_period_seconds = 300
    timeout_seconds      = 5
  }
  image              = "ghcr.io/open-webui/open-webui:v0.12.4"
  instances          = 2
  log_retention_days = 30
  memory_mib         = 3072
  name               = "fixed"
  platform_version   = "LATEST"
  secret_arns = [
    "arn:aws:secretsmanager:us-west-2:111122223333:secret:fixed/database-AbCdEf",
    module.secrets.redis_url_arn,
    module.secrets.webui_secret_key_arn,
  ]
  secrets = {
    DATABASE_URL        = "arn:aws:secretsmanager:us-west-2:111122223333:secret:fixed/database-AbCdEf"
    REDIS_URL           = module.secrets.redis_url_reference
    WEBSOCKET_REDIS_URL = module.secrets.redis_url_reference
    WEBUI_SECRET_KEY    = module.secrets.webui_secret_key_reference
  }
  security_group_id     = module.network.tasks_security_group_id
  stop_timeout_seconds  = 120
  subnet_ids            = module.existing.private_subnet_ids
  target_group_arn      = module.load_balancer.target_group_arn
  wait_for_steady_state = true
}

module "monitoring" {
  source = "./modules/monitoring"

  alarms = {
    cpu = {
      datapoints         = 5
      evaluation_periods = 5
      missing_data       = "breaching"
      period_seconds     = 60
      threshold          = 85
    }
    database_connections = {
      datapoints         = 5
      evaluation_periods = 5
      missing_data       = "breaching"
      period_seconds     = 60
      threshold          = 160
    }
    files_burst_credits = {
      datapoints         = 5
      evaluation_periods = 5
      missing_data       = "missing"
      period_seconds     = 60
      threshold          = 107374182400
    }
    memory = {
      datapoints         = 5
      evaluation_periods = 5
      missing_data       = "breaching"
      period_seconds     = 60
      threshold          = 90
    }
    redis_cpu = {
      datapoints         = 5
      evaluation_periods = 5
      missing_data       = "breaching"
      period_seconds     = 60
      threshold          = 45
    }
    redis_memory = {
      datapoints         = 5
      evaluation_periods = 5
      missing_data       = "breaching"
      period_seconds     = 60
      threshold          = 80
    }
    response_time = {
      datapoints         = 5
      evaluation_periods = 5
      missing_data       = "notBreaching"
      period_seconds     = 60
      threshold          = 2
    }
    target_5xx = {
      datapoints         = 5
      evaluation_periods = 5
      missing_data       = "notBreaching"
      period_seconds     = 60
      threshold          = 5
    }
    unhealthy_hosts = {
      datapoints         = 5
      evaluation_periods = 5
      missing_data       = "notBreaching"
      period_seconds     = 60
      threshold          = 1
    }
  }
  cluster_name             = module.existing.cluster_name
  console_domain           = "console.aws.amazon.com"
  database_instance_id     = module.existing.database_instance_id
  file_system_id           = module.existing.file_system_id
  load_balancer_arn_suffix = module.load_balancer.arn_suffix
  name                     = "fixed"
  notify_emails            = []
  redis_node_ids           = module.redis.node_ids
  service_name             = module.service.name
  target_group_arn_suffix  = module.load_balancer.target_group_arn_suffix
}

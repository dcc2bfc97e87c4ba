# Generated from spec.yaml by templates/main.tf.j2. Do not edit.

# This module only reads existing resources: no plan of this root module can change or destroy them.
module "existing" {
  source = "./modules/existing"

  cluster_name                = "everything"
  database_cluster_id         = "everything"
  database_security_group_id  = "sg-0123456789abcdef0"
  database_url_secret_arn     = "arn:aws:secretsmanager:us-east-1:111122223333:secret:everything/database-AbCdEf"
  file_system_access_point_id = "fsap-0123456789abcdef0"
  file_system_id              = "fs-0123456789abcdef0"
  private_subnet_ids          = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1", "subnet-0123456789abcdef2"]
  service_name                = "everything-old"
  vpc_id                      = "vpc-0123456789abcdef0"
}

module "network" {
  source = "./modules/network"

  allow_from = {
    entra_connectors = {
      security_group_id = "sg-0123456789abcdef6"
    }
    office = {
      cidr_ipv6 = "2001:db8::/32"
    }
    partners = {
      prefix_list_id = "pl-0123456789abcdef1"
    }
    vpn = {
      cidr_ipv4 = "10.8.0.0/16"
    }
  }
  database_port              = 5433
  database_security_group_id = "sg-0123456789abcdef0"
  egress = {
    dns = {
      cidr_ipv4 = "10.0.0.2/32"
      port      = 53
      protocol  = "udp"
    }
    https = {
      cidr_ipv4 = "0.0.0.0/0"
      port      = 443
    }
    https_v6 = {
      cidr_ipv6 = "::/0"
      port      = 443
    }
    ollama = {
      port              = 11434
      security_group_id = "sg-0123456789abcdef5"
    }
    s3 = {
      port           = 443
      prefix_list_id = "pl-0123456789abcdef0"
    }
    tools = {
      cidr_ipv4 = "10.30.0.0/16"
      port      = 8000
      to_port   = 8010
    }
  }
  file_system_security_group_ids = ["sg-0123456789abcdef1", "sg-0123456789abcdef2"]
  http_port                      = 8000
  name                           = "everything"
  peers = {
    litellm = {
      port              = 4000
      security_group_id = "sg-0123456789abcdef3"
    }
    searxng = {
      port              = 8888
      security_group_id = "sg-0123456789abcdef4"
    }
  }
  vpc_id = module.existing.vpc_id
}

module "load_balancer" {
  source = "./modules/load_balancer"

  access_log_expiration_days   = 30
  access_log_prefix            = "chat/alb"
  algorithm                    = "round_robin"
  deletion_protection          = false
  deregistration_delay_seconds = 300
  health_check = {
    healthy_threshold   = 3
    interval_seconds    = 20
    matcher             = "200"
    path                = "/health/db"
    timeout_seconds     = 10
    unhealthy_threshold = 5
  }
  http_port            = 8000
  idle_timeout_seconds = 600
  name                 = "everything"
  security_group_id    = module.network.alb_security_group_id
  slow_start_seconds   = 90
  stickiness_seconds   = 43200
  subnet_ids           = module.existing.private_subnet_ids
  vpc_id               = module.existing.vpc_id
}

module "secrets" {
  source = "./modules/secrets"

  kms_key_arn              = "arn:aws:kms:us-east-1:111122223333:key/11111111-2222-3333-4444-555555555555"
  name                     = "everything"
  recovery_window_days     = 30
  redis_endpoint           = module.redis.primary_endpoint
  redis_port               = module.redis.port
  redis_token_version      = 2
  webui_secret_key         = var.webui_secret_key
  webui_secret_key_version = 3
}

module "redis" {
  source = "./modules/redis"

  apply_immediately       = true
  auth_token              = module.secrets.redis_token
  engine                  = "redis"
  engine_version          = "7.0"
  eviction_policy         = "volatile-ttl"
  idle_timeout_seconds    = 900
  kms_key_arn             = "arn:aws:kms:us-east-1:111122223333:key/11111111-2222-3333-4444-555555555555"
  log_retention_days      = 90
  maintenance_window      = "mon:03:00-mon:04:00"
  name                    = "everything"
  node_type               = "cache.r7g.xlarge"
  nodes                   = 3
  parameter_group_family  = "redis7"
  pubsub_buffer_mb        = 2048
  security_group_id       = module.network.redis_security_group_id
  snapshot_retention_days = 7
  snapshot_window         = "01:00-02:00"
  subnet_ids              = module.existing.private_subnet_ids
}

module "service" {
  source = "./modules/service"

  architecture               = "ARM64"
  cluster_arn                = module.existing.cluster_arn
  cpu_units                  = 4096
  deployment_maximum_percent = 200
  deployment_minimum_percent = 100
  environment = {
    AIOHTTP_CLIENT_TIMEOUT                      = "280"
    CORS_ALLOW_ORIGIN                           = "https://chat.example.com;https://intranet.example.com"
    DATABASE_POOL_MAX_OVERFLOW                  = "10"
    DATABASE_POOL_RECYCLE                       = "1800"
    DATABASE_POOL_SIZE                          = "20"
    DATABASE_POOL_TIMEOUT                       = "20"
    ENABLE_DB_MIGRATIONS                        = "false"
    ENABLE_PERSISTENT_CONFIG                    = "true"
    ENABLE_PIP_INSTALL_FRONTMATTER_REQUIREMENTS = "false"
    ENABLE_WEBSOCKET_SUPPORT                    = "true"
    FORWARDED_ALLOW_IPS                         = join(",", module.existing.private_subnet_cidr_blocks)
    LOG_FORMAT                                  = "json"
    PGVECTOR_POOL_SIZE                          = "10"
    RAG_EMBEDDING_ENGINE                        = "openai"
    REDIS_HEALTH_CHECK_INTERVAL                 = "60"
    REDIS_KEY_PREFIX                            = "everything"
    REDIS_SOCKET_CONNECT_TIMEOUT                = "5"
    REDIS_SOCKET_KEEPALIVE                      = "true"
    THREAD_POOL_SIZE                            = "2000"
    UVICORN_WORKERS                             = "1"
    VECTOR_DB                                   = "pgvector"
    WEBSOCKET_MANAGER                           = "redis"
    WEBSOCKET_SERVER_PING_INTERVAL              = "25"
    WEBSOCKET_SERVER_PING_TIMEOUT               = "20"
    WEBUI_AUTH_COOKIE_SECURE                    = "true"
    WEBUI_NAME                                  = "Chat \"for\" everyone: $${HOME} %%{if} \\n"
    WEBUI_SESSION_COOKIE_SECURE                 = "true"
    WEBUI_URL                                   = "https://chat.example.com"
  }
  ephemeral_storage_gb         = 50
  file_system_access_point_arn = module.existing.file_system_access_point_arn
  file_system_access_point_id  = module.existing.file_system_access_point_id
  file_system_arn              = module.existing.file_system_arn
  file_system_id               = module.existing.file_system_id
  files_as_root                = module.existing.files_as_root
  grace_period_seconds         = 300
  health_check = {
    interval_seconds     = 20
    retries              = 5
    start_period_seconds = 240
    timeout_seconds      = 10
  }
  image                = "111122223333.dkr.ecr.us-east-1.amazonaws.com/open-webui:v0.12.4"
  image_repository_arn = "arn:aws:ecr:us-east-1:111122223333:repository/open-webui"
  instances            = 4
  kms_key_arns = [
    "arn:aws:kms:us-east-1:111122223333:key/11111111-2222-3333-4444-555555555555",
    "arn:aws:kms:us-east-1:111122223333:key/66666666-2222-3333-4444-555555555555",
  ]
  log_kms_key_arn          = "arn:aws:kms:us-east-1:111122223333:key/11111111-2222-3333-4444-555555555555"
  log_retention_days       = 365
  memory_mib               = 16384
  migration_image          = "111122223333.dkr.ecr.us-east-1.amazonaws.com/open-webui-next:v0.13.0"
  migration_repository_arn = "arn:aws:ecr:us-east-1:111122223333:repository/open-webui-next"
  name                     = "everything"
  platform_version         = "1.4.0"
  registry_credentials_arn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:registry-AbCdEf"
  secret_arns = [
    "arn:aws:secretsmanager:us-east-1:111122223333:secret:entra-AbCdEf",
    "arn:aws:secretsmanager:us-east-1:111122223333:secret:everything/database-AbCdEf",
    "arn:aws:secretsmanager:us-east-1:111122223333:secret:openai-AbCdEf",
    "arn:aws:secretsmanager:us-east-1:111122223333:secret:registry-AbCdEf",
    module.secrets.redis_url_arn,
    module.secrets.webui_secret_key_arn,
  ]
  secrets = {
    DATABASE_URL        = "arn:aws:secretsmanager:us-east-1:111122223333:secret:everything/database-AbCdEf:url::"
    OAUTH_CLIENT_SECRET = "arn:aws:secretsmanager:us-east-1:111122223333:secret:entra-AbCdEf:client_secret::"
    OPENAI_API_KEY      = "arn:aws:secretsmanager:us-east-1:111122223333:secret:openai-AbCdEf"
    REDIS_URL           = module.secrets.redis_url_reference
    WEBSOCKET_REDIS_URL = module.secrets.redis_url_reference
    WEBUI_SECRET_KEY    = module.secrets.webui_secret_key_reference
  }
  security_group_id    = module.network.tasks_security_group_id
  stop_timeout_seconds = 100
  subnet_ids           = module.existing.private_subnet_ids
  target_group_arn     = module.load_balancer.target_group_arn
  task_policy_arns = {
    bedrock = "arn:aws:iam::111122223333:policy/bedrock"
  }
  wait_for_steady_state = false
}

module "autoscaling" {
  source = "./modules/autoscaling"

  cluster_name               = module.existing.cluster_name
  cpu_percent                = 60
  high_cpu_cooldown_seconds  = 180
  high_cpu_instances         = 4
  max                        = 20
  memory_percent             = 75
  min                        = 3
  scale_in_cooldown_seconds  = 600
  scale_out_cooldown_seconds = 120
  service_name               = module.service.name
}

module "monitoring" {
  source = "./modules/monitoring"

  alarms = {
    at_maximum = {
      datapoints         = 3
      evaluation_periods = 3
      missing_data       = "notBreaching"
      period_seconds     = 60
      threshold          = 20
    }
    cpu = {
      datapoints         = 3
      evaluation_periods = 4
      missing_data       = "missing"
      period_seconds     = 120
      threshold          = 80
    }
    database_connections = {
      datapoints         = 3
      evaluation_periods = 3
      missing_data       = "breaching"
      period_seconds     = 60
      threshold          = 4500
    }
    files_burst_credits = {
      datapoints         = 3
      evaluation_periods = 3
      missing_data       = "missing"
      period_seconds     = 60
      threshold          = 107374182400
    }
    files_io = {
      datapoints         = 3
      evaluation_periods = 3
      missing_data       = "missing"
      period_seconds     = 60
      threshold          = 95
    }
    healthy_hosts = {
      datapoints         = 3
      evaluation_periods = 3
      missing_data       = "breaching"
      period_seconds     = 60
      threshold          = 2
    }
    load_balancer_5xx = {
      datapoints         = 3
      evaluation_periods = 3
      missing_data       = "notBreaching"
      period_seconds     = 60
      threshold          = 5
    }
    memory = {
      datapoints         = 3
      evaluation_periods = 3
      missing_data       = "breaching"
      period_seconds     = 60
      threshold          = 85
    }
    redis_cpu = {
      datapoints         = 3
      evaluation_periods = 3
      missing_data       = "breaching"
      period_seconds     = 60
      threshold          = 70
    }
    redis_evictions = {
      datapoints         = 3
      evaluation_periods = 3
      missing_data       = "breaching"
      period_seconds     = 60
      threshold          = 0
    }
    redis_memory = {
      datapoints         = 3
      evaluation_periods = 3
      missing_data       = "breaching"
      period_seconds     = 60
      threshold          = 80
    }
    response_time = {
      datapoints         = 3
      evaluation_periods = 3
      missing_data       = "ignore"
      period_seconds     = 300
      threshold          = 1.5
    }
    target_5xx = {
      datapoints         = 3
      evaluation_periods = 3
      missing_data       = "notBreaching"
      period_seconds     = 60
      threshold          = 10
    }
    unhealthy_hosts = {
      datapoints         = 3
      evaluation_periods = 3
      missing_data       = "notBreaching"
      period_seconds     = 60
      threshold          = 1
    }
  }
  cluster_name             = module.existing.cluster_name
  console_domain           = "console.aws.amazon.com"
  database_cluster_id      = module.existing.database_cluster_id
  file_system_id           = module.existing.file_system_id
  load_balancer_arn_suffix = module.load_balancer.arn_suffix
  max_instances            = 20
  min_instances            = 3
  name                     = "everything"
  notify_emails            = ["platform@example.com", "on-call@example.com"]
  redis_node_ids           = module.redis.node_ids
  scale_out_policy_arn     = module.autoscaling.high_cpu_policy_arn
  service_name             = module.service.name
  target_group_arn_suffix  = module.load_balancer.target_group_arn_suffix
  topic_kms_key_arn        = "arn:aws:kms:us-east-1:111122223333:key/11111111-2222-3333-4444-555555555555"
}

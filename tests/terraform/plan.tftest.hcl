# Plans a root module without AWS. Values that are unknown in a plan have mock values, so that the plan shows which
# resource refers to which. The values of data sources match the spec; conftest.py replaces DATABASE, FILE_SYSTEM,
# NODES and VPC.

mock_provider "aws" {
  override_during = plan

  mock_data "aws_caller_identity" {
    defaults = { account_id = "111122223333" }
  }
  mock_data "aws_db_instance" {
    defaults = { vpc_security_groups = ["DATABASE"] }
  }
  mock_data "aws_ecs_cluster" {
    defaults = { arn = "arn:aws:ecs:us-east-1:111122223333:cluster/mock", status = "ACTIVE" }
  }
  mock_data "aws_efs_access_point" {
    defaults = { arn = "arn:aws:elasticfilesystem:us-east-1:111122223333:access-point/mock", file_system_id = "FILE_SYSTEM" }
  }
  mock_data "aws_efs_file_system" {
    defaults = { arn = "arn:aws:elasticfilesystem:us-east-1:111122223333:file-system/mock", encrypted = true, performance_mode = "generalPurpose", throughput_mode = "bursting" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_rds_cluster" {
    defaults = { vpc_security_group_ids = ["DATABASE"] }
  }
  mock_data "aws_region" {
    defaults = { name = "us-east-1" }
  }
  mock_data "aws_subnet" {
    defaults = { cidr_block = "10.0.0.0/24", vpc_id = "VPC" }
  }

  mock_resource "aws_cloudwatch_metric_alarm" {
    defaults = { arn = "arn:aws:cloudwatch:us-east-1:111122223333:alarm:mock" }
  }

  override_resource {
    target = module.autoscaling.aws_appautoscaling_policy.high_cpu
    values = { arn = "arn:aws:autoscaling:us-east-1:111122223333:scalingPolicy:mock-high-cpu" }
  }
  override_resource {
    target = module.load_balancer.aws_lb.this
    values = {
      arn        = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/mock/0"
      arn_suffix = "app/mock/0"
      dns_name   = "internal-mock.us-east-1.elb.amazonaws.com"
    }
  }
  override_resource {
    target = module.load_balancer.aws_lb_target_group.this
    values = {
      arn        = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/mock/0"
      arn_suffix = "targetgroup/mock/0"
    }
  }
  override_resource {
    target = module.monitoring.aws_sns_topic.alarms
    values = { arn = "arn:aws:sns:us-east-1:111122223333:mock-alarms" }
  }
  override_resource {
    target = module.network.aws_security_group.load_balancer
    values = { id = "sg-load-balancer" }
  }
  override_resource {
    target = module.network.aws_security_group.redis
    values = { id = "sg-redis" }
  }
  override_resource {
    target = module.network.aws_security_group.tasks
    values = { id = "sg-tasks" }
  }
  override_resource {
    target = module.redis.aws_elasticache_replication_group.this
    values = { member_clusters = ["NODES"], primary_endpoint_address = "redis.mock" }
  }
  override_resource {
    target = module.service.aws_cloudwatch_log_group.this
    values = { arn = "arn:aws:logs:us-east-1:111122223333:log-group:mock" }
  }
  override_resource {
    target = module.service.aws_ecs_task_definition.this
    values = { arn = "arn:aws:ecs:us-east-1:111122223333:task-definition/mock:1" }
  }
  override_resource {
    target = module.service.aws_iam_role.execution
    values = { arn = "arn:aws:iam::111122223333:role/mock-execution" }
  }
  override_resource {
    target = module.service.aws_iam_role.task
    values = { arn = "arn:aws:iam::111122223333:role/mock-task" }
  }
}

run "plan" {
  command = plan

  assert {
    condition     = output.alb_dns_name == "internal-mock.us-east-1.elb.amazonaws.com"
    error_message = "alb_dns_name is not the DNS name of the load balancer."
  }

  assert {
    condition     = output.redis_endpoint == "redis.mock"
    error_message = "redis_endpoint is not the endpoint of the replication group."
  }

  assert {
    condition     = strcontains(output.dashboard_url, "cloudwatch/home?region=us-east-1#dashboards/dashboard/")
    error_message = "dashboard_url is not the URL of the dashboard."
  }
}

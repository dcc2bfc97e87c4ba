# The web ACL of the company in front of the load balancer.
resource "aws_wafv2_web_acl_association" "chat" {
  resource_arn = module.load_balancer.arn
  web_acl_arn  = "arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/company/11111111-2222-3333-4444-555555555555"
}

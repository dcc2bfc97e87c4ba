# Copied from extra/address.tf. Do not edit.

# The address that users open, as an alias of the load balancer.
resource "aws_route53_record" "chat" {
  zone_id = "Z0123456789ABCDEFGHIJ"
  name    = "chat.example.com"
  type    = "A"

  alias {
    name                   = module.load_balancer.dns_name
    zone_id                = module.load_balancer.zone_id
    evaluate_target_health = true
  }
}

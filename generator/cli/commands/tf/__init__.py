"""`owscale tf`: run Terraform on the root module of a deployment, one module per action."""

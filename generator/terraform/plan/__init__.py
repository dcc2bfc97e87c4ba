"""Parse and summarize Terraform plans in JSON."""

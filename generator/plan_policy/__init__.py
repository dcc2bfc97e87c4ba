"""Check whether a Terraform plan may be applied: existing resources stay untouched, and no data is lost."""

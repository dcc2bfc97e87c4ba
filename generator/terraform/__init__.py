"""Run Terraform: find it, follow its events, explain its errors, and keep saved plans."""

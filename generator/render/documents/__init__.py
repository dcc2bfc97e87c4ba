"""The content of README.md and RUNBOOK.md of a deployment, derived from its spec."""

"""Checks of a running deployment: one module per subject, run and retried by `runner`.

Only `aws_client` imports boto3, and no other module of this package but `state_lock` imports it: checks that call no
AWS service run without boto3.
"""

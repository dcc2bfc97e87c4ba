"""Checks of a running deployment: one module per subject, run and retried by `runner`.

No module of this package but `state_lock` imports `aws_api.client`: checks that call no AWS service run without boto3.
"""

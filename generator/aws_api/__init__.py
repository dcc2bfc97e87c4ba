"""Calls to AWS that only read. Only `client` imports boto3, so the commands that call no AWS service run without it."""

"""References to secrets in task definitions.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
"""


def secret_arn(reference: str) -> str:
    """Return the ARN of a secret, without the `:key::` with which a reference selects one key of it."""
    return ":".join(reference.split(":")[:7])


def secret_key(reference: str) -> str:
    """Return the key of a secret in JSON that a reference selects with `:key::`; empty if it selects the whole."""
    return reference.removeprefix(secret_arn(reference)).strip(":")

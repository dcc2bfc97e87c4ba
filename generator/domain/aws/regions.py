"""AWS partitions."""


def partition(region: str) -> str:
    """Return the AWS partition of a region."""
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"

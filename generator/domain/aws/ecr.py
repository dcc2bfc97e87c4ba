"""Images in repositories of ECR."""

from owscale.domain.aws.regions import partition


def repository_arn(image: str) -> str | None:
    """Return the ARN of the image's ECR repository; None for an image of another registry."""
    host, _, rest = image.partition("/")
    match host.split("."):
        case [account, "dkr", "ecr", region, "amazonaws", *_]:
            repository = rest.partition("@")[0].partition(":")[0]
            return f"arn:{partition(region)}:ecr:{region}:{account}:repository/{repository}"
    return None

"""Commands of the AWS CLI for the user to paste. None of them shows the value of a secret."""

from __future__ import annotations

import shlex

_ARN_REGION = 3
NAME = "OWSCALE_VARIABLE"
"""The placeholder for the variable's name in a command for any variable."""


def aws(*words: str, region: str = "", profile: str = "") -> str:
    """Return a command of the AWS CLI."""
    options = [
        word for name, value in (("--profile", profile), ("--region", region)) if value for word in (name, value)
    ]
    return " ".join(map(_quote, ("aws", *words, *options)))


def _quote(word: str) -> str:
    """Return a word for a shell; a word with single quotes gets double quotes if these are enough."""
    return f'"{word}"' if "'" in word and not set('"$`!\\\n') & set(word) else shlex.quote(word)


def plain_value_command(definition: str, container: str, region: str, profile: str) -> str:
    """Return the command that prints a plain variable of a task definition."""
    query = f"taskDefinition.containerDefinitions[?name=='{container}'].environment[] | [?name=='{NAME}'].value | [0]"
    words = ("ecs", "describe-task-definition", "--task-definition", definition, "--query", query, "--output", "text")
    return aws(*words, region=region, profile=profile)


def ssm_value_command(parameter: str, profile: str) -> str:
    """Return the command that prints a parameter of Systems Manager; `parameter` is its ARN or name."""
    region = parameter.split(":")[3] if parameter.startswith("arn:") and parameter.count(":") > _ARN_REGION else ""
    words = ("ssm", "get-parameter", "--with-decryption", "--name", parameter, "--query", "Parameter.Value")
    return aws(*words, "--output", "text", region=region, profile=profile)


def store_command(name: str, value_command: str, region: str, profile: str) -> str:
    """Return the command that stores a value in Secrets Manager and prints the ARN.

    Without a command that prints the value, the shell asks for it and shows nothing.
    """
    words = ("secretsmanager", "create-secret", "--name", name, "--secret-string", "file:///dev/stdin")
    store = aws(*words, "--query", "ARN", "--output", "text", region=region, profile=profile)
    if value_command:
        return f'printf %s "$({value_command})" | {store}'
    return f'read -rs VALUE && printf %s "$VALUE" | {store}'


def access_point_command(file_system: str, path: str, region: str, profile: str) -> str:
    """Return the command that creates an access point, as root because Open WebUI runs as root."""
    words = ("efs", "create-access-point", "--file-system-id", file_system, "--root-directory", f"Path={path or '/'}")
    output = ("--posix-user", "Uid=0,Gid=0", "--query", "AccessPointId", "--output", "text")
    return aws(*words, *output, region=region, profile=profile)


def file_system_command(name: str, region: str, profile: str) -> str:
    """Return the command that creates a file system. It is encrypted, because EFS cannot encrypt it later."""
    words = ("efs", "create-file-system", "--encrypted", "--tags", f"Key=Name,Value={name}")
    return aws(*words, "--query", "FileSystemId", "--output", "text", region=region, profile=profile)

"""Calls to AWS through boto3, and their errors as messages. No other module imports boto3."""

import textwrap
from collections.abc import Collection
from http import HTTPStatus
from typing import Any

import boto3
from botocore import exceptions, xform_name
from botocore.config import Config
from botocore.parsers import ResponseParserError

from owscale.aws_api.calls import CallError, Changes, iam_action, is_reading
from owscale.errors import OwscaleError

_IDENTITY = "sts:GetCallerIdentity"  # needs no permission
_SERVICES = {"elasticfilesystem": "efs", "elasticloadbalancing": "elbv2"}  # services with another name in boto3

_DENIED_CODES = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "NotAuthorized"}
_EXPIRED_CODES = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
_REJECTED_CODES = {
    "AuthFailure",
    "IncompleteSignature",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
_NOT_FOUND_ENDINGS = ("NotFound", "NotFoundException", "NotFoundFault", "NotFoundError")
_MAX_MESSAGE_LENGTH = 300
_NO_CHANGES: Changes = {}


class AwsAccount:
    """The account of the credentials, and the calls to its services that a caller may make.

    `calls` are their names, such as `ecs:DescribeServices`, and `changes` those that change something: no other call is
    possible, and a change has no other arguments than those listed. Without `region`, the region of the profile or of
    the environment is used. `other_credentials` is a hint on how to use others.

    Raises OwscaleError if there are no credentials, or if AWS rejects them, and ValueError if `calls` has one that
    changes something.
    """

    def __init__(
        self,
        region: str | None,
        profile: str | None,
        calls: Collection[str],
        other_credentials: str = "",
        *,
        changes: Changes = _NO_CHANGES,
    ) -> None:
        if changing := [name for name in calls if not is_reading(name)]:
            raise ValueError(f"{', '.join(changing)}: a change of AWS among calls that only read")
        self._profile, self._other_credentials = profile, other_credentials
        self._calls = frozenset({*calls, _IDENTITY})
        self._changes = changes
        self._clients: dict[str, Any] = {}
        try:
            self._session = boto3.Session(profile_name=profile, region_name=region)
        except exceptions.ProfileNotFound as error:
            raise self._failure(error, _IDENTITY) from error
        self.region: str | None = self._session.region_name
        if self.region is None:
            hint = "add `--region REGION`, such as us-east-1, or set AWS_DEFAULT_REGION"
            raise OwscaleError("no AWS region is set for these credentials", hint=hint)
        self.id: str = self.call(_IDENTITY)["Account"]

    def call(self, name: str, /, **arguments: Any) -> dict[str, Any]:
        """Return the response of a call. Raises CallError if it fails, ValueError if it is not in the list."""
        if name in self._changes:
            if others := arguments.keys() - set(self._changes[name]):
                raise ValueError(f"{name} may not change {', '.join(sorted(others))}")
        elif name not in self._calls:
            raise ValueError(f"{name} is not in the list of calls")
        service, _, operation = name.partition(":")
        try:
            client = self._client(_SERVICES.get(service, service))
            response: dict[str, Any] = getattr(client, xform_name(operation))(**arguments)
        except (exceptions.BotoCoreError, exceptions.ClientError, ResponseParserError) as error:
            raise self._failure(error, iam_action(name)) from error
        return response

    def _client(self, service: str) -> Any:
        if service not in self._clients:
            # The runner of `verify` retries and reports progress; long retries in here would be silent.
            config = Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 2})
            self._clients[service] = self._session.client(service, config=config)
        return self._clients[service]

    def _failure(self, error: Exception, action: str) -> CallError:
        login = (
            f"run `aws sso login --profile {self._profile}`"
            if self._profile
            else "run `aws sso login`, or set new keys"
        )
        match error:
            case exceptions.ProfileNotFound():
                message = f"AWS profile {self._profile} does not exist on this machine"
                configure = f"run `aws configure sso --profile {self._profile}`"
                hint = ", or ".join(filter(None, (configure, self._other_credentials)))
                return CallError(message, hint=hint, action=action, reason="credentials")
            case exceptions.NoCredentialsError() | exceptions.PartialCredentialsError():
                hint = f"{login}, or set AWS_PROFILE"
                return CallError("there are no AWS credentials", hint=hint, action=action, reason="credentials")
            case exceptions.SSOError() | exceptions.TokenRetrievalError() | exceptions.CredentialRetrievalError():
                message = "the AWS session has expired, or its credentials are unreadable"
                return CallError(message, hint=login, action=action, reason="credentials")
            case exceptions.ClientError(response=response):
                return _client_failure(response, action, login)
            case exceptions.HTTPClientError() | exceptions.ConnectionError():
                message = f"{action}: no connection to AWS ({type(error).__name__})"
                return CallError(message, hint="check the network and the proxy", action=action, reason="network")
            case ResponseParserError():
                message = f"{action}: the response is not from AWS"
                return CallError(
                    message, hint="check the proxy, which may answer instead of AWS", action=action, reason="network"
                )
        hint = "check the AWS configuration of this machine"
        return CallError(f"{action}: {error}", hint=hint, action=action, reason="credentials")


def _client_failure(response: dict[str, Any], action: str, login: str) -> CallError:
    """Return the error for an error response."""
    error, status = response.get("Error", {}), response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    code, message = error.get("Code", ""), textwrap.shorten(error.get("Message", ""), _MAX_MESSAGE_LENGTH)
    if code in _EXPIRED_CODES:
        return CallError("the AWS credentials have expired", hint=login, action=action, reason="credentials")
    if code in _REJECTED_CODES:
        return CallError(f"AWS rejects the credentials ({code})", hint=login, action=action, reason="credentials")
    if code in _DENIED_CODES or status == HTTPStatus.FORBIDDEN:
        effect = ", which only reads," if is_reading(action) else ""
        hint = f"allow {action}{effect} in the IAM policy of these credentials"
        return CallError(f"{action} is denied", hint=hint, action=action, reason="denied", code=code)
    if code.endswith(_NOT_FOUND_ENDINGS):
        hint = "check the name, the region and the account"
        return CallError(f"{action}: not found: {message}", hint=hint, action=action, reason="not found", code=code)
    hint = "see the message from AWS; a later attempt may succeed"
    return CallError(f"{action}: {code}: {message}", hint=hint, action=action, reason="other", code=code)

"""Calls to AWS through boto3, and their errors as outcomes. No other module imports boto3."""

import textwrap
from http import HTTPStatus
from typing import Any

import boto3
from botocore import exceptions
from botocore.config import Config
from botocore.parsers import ResponseParserError

from owscale.console.invocation import owscale_command
from owscale.errors import OwscaleError
from owscale.verify.check import CheckError, Outcome, failed

_IAM_PREFIXES = {"efs": "elasticfilesystem", "elbv2": "elasticloadbalancing"}  # where boto3 names a service differently

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


class AwsAccount:
    """The account of the credentials, and calls to its services.

    Raises OwscaleError where there are no credentials, or where AWS rejects them.
    """

    def __init__(self, region: str, profile: str | None) -> None:
        self._profile = profile
        self._clients: dict[str, Any] = {}
        try:
            self._session = boto3.Session(profile_name=profile, region_name=region)
            self.id: str = self.call("sts", "get_caller_identity")["Account"]
        except exceptions.ProfileNotFound as error:
            raise OwscaleError(
                f"AWS profile {profile} does not exist on this machine",
                hint=(
                    f"run `aws configure sso --profile {profile}`, "
                    "or set `TF_VAR_aws_profile=` to use the credentials of the environment"
                ),
            ) from error
        except CheckError as error:
            raise OwscaleError(error.outcome.evidence, hint=error.outcome.hint) from error

    def call(self, service: str, operation: str, **arguments: Any) -> dict[str, Any]:
        """Return the response of an operation. Raises CheckError where it fails."""
        try:
            response: dict[str, Any] = getattr(self._client(service), operation)(**arguments)
        except (exceptions.BotoCoreError, exceptions.ClientError, ResponseParserError) as error:
            api = "".join(word.capitalize() for word in operation.split("_"))
            api = api.replace("Db", "DB")  # the spelling of RDS
            outcome = self._failure(error, f"{_IAM_PREFIXES.get(service, service)}:{api}")
            code = error.response.get("Error", {}).get("Code", "") if isinstance(error, exceptions.ClientError) else ""
            raise CheckError(outcome, code, is_not_found=code.endswith(_NOT_FOUND_ENDINGS)) from error
        return response

    def _client(self, service: str) -> Any:
        if service not in self._clients:
            # The runner retries and reports progress; long retries in here would be silent.
            config = Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 2})
            self._clients[service] = self._session.client(service, config=config)
        return self._clients[service]

    def _failure(self, error: Exception, action: str) -> Outcome:
        """Return the outcome of a failed call; `action` is its name in IAM."""
        login = (
            f"run `aws sso login --profile {self._profile}`"
            if self._profile
            else "run `aws sso login`, or set new keys"
        )
        match error:
            case exceptions.NoCredentialsError() | exceptions.PartialCredentialsError():
                return failed("there are no AWS credentials", f"{login}, or set AWS_PROFILE", is_permanent=True)
            case exceptions.SSOError() | exceptions.TokenRetrievalError() | exceptions.CredentialRetrievalError():
                return failed(
                    "the AWS session has expired, or its credentials are unreadable", login, is_permanent=True
                )
            case exceptions.ClientError(response=response):
                return _client_failure(response, action, login)
            case exceptions.HTTPClientError() | exceptions.ConnectionError():
                return failed(
                    f"{action}: no connection to AWS ({type(error).__name__})", "check the network and the proxy"
                )
            case ResponseParserError():
                return failed(
                    f"{action}: the response is not from AWS", "check the proxy, which may answer instead of AWS"
                )
        return failed(f"{action}: {error}", "check the AWS configuration of this machine", is_permanent=True)


def _client_failure(response: dict[str, Any], action: str, login: str) -> Outcome:
    """Return the outcome of an error response."""
    error, status = response.get("Error", {}), response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    code, message = error.get("Code", ""), textwrap.shorten(error.get("Message", ""), _MAX_MESSAGE_LENGTH)
    if code in _EXPIRED_CODES:
        return failed("the AWS credentials have expired", login, is_permanent=True)
    if code in _REJECTED_CODES:
        return failed(f"AWS rejects the credentials ({code})", login, is_permanent=True)
    if code in _DENIED_CODES or status == HTTPStatus.FORBIDDEN:
        hint = f"allow {action}, which only reads, in the IAM policy of these credentials"
        return failed(f"{action} is denied", hint, is_permanent=True)
    if code.endswith(_NOT_FOUND_ENDINGS):
        hint = f"apply the deployment; `{owscale_command('tf', 'plan')}` lists the missing resources"
        return failed(f"{action}: not found: {message}", hint)
    return failed(f"{action}: {code}: {message}", "see the message from AWS; a later attempt may succeed")

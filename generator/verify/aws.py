"""AWS, through boto3: the only module that imports it."""

import textwrap
from http import HTTPStatus
from typing import Any

import boto3
from botocore import exceptions
from botocore.config import Config
from botocore.parsers import ResponseParserError

from generator.errors import OwscaleError
from generator.verify.check import CheckError, Outcome, failed

_PREFIXES = {"elbv2": "elasticloadbalancing"}  # where IAM's name of a service is not boto3's

_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "NotAuthorized"}
_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
_UNKNOWN = {
    "AuthFailure",
    "IncompleteSignature",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
_LONGEST_MESSAGE = 300
_NOT_THERE = ("NotFound", "NotFoundException", "NotFoundFault", "NotFoundError")


class Account:
    """The account that the credentials lead to, and questions to its services.

    Raises OwscaleError where there are no credentials, or none that AWS takes.
    """

    def __init__(self, region: str, profile: str | None) -> None:
        self._profile = profile
        self._clients: dict[str, Any] = {}
        try:
            self._session = boto3.Session(profile_name=profile, region_name=region)
            self.id: str = self.ask("sts", "get_caller_identity")["Account"]
        except exceptions.ProfileNotFound as error:
            raise OwscaleError(
                f"there is no AWS profile {profile} on this machine\n  hint: aws configure sso --profile {profile}; "
                "or TF_VAR_aws_profile= for the credentials of the environment"
            ) from error
        except CheckError as error:
            raise OwscaleError(f"{error.outcome.evidence}\n  hint: {error.outcome.next_step}") from error

    def ask(self, service: str, operation: str, **arguments: Any) -> dict[str, Any]:
        """What an operation answers. Raises CheckError where it does not."""
        try:
            client = self._client(service)
            answer: dict[str, Any] = getattr(client, operation)(**arguments)
        except (exceptions.BotoCoreError, exceptions.ClientError, ResponseParserError) as error:
            api = "".join(word.capitalize() for word in operation.split("_"))
            raise CheckError(self._told(error, f"{_PREFIXES.get(service, service)}:{api}")) from error
        return answer

    def _client(self, service: str) -> Any:
        if service not in self._clients:
            # The runner tries again; what waits for minutes in here would hide that.
            patience = Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 2})
            self._clients[service] = self._session.client(service, config=patience)
        return self._clients[service]

    def _told(self, error: Exception, action: str) -> Outcome:
        login = f"aws sso login --profile {self._profile}" if self._profile else "aws sso login, or new keys"
        match error:
            case exceptions.NoCredentialsError() | exceptions.PartialCredentialsError():
                return failed("there are no AWS credentials", f"{login}; or set AWS_PROFILE", final=True)
            case exceptions.SSOError() | exceptions.TokenRetrievalError() | exceptions.CredentialRetrievalError():
                return failed("the AWS sign-in has expired, or its credentials cannot be read", login, final=True)
            case exceptions.ClientError(response=response):
                return _refused(response, action, login)
            case exceptions.HTTPClientError() | exceptions.ConnectionError():
                return failed(f"{action}: AWS cannot be reached ({type(error).__name__})", "look at network and proxy")
            case ResponseParserError():
                return failed(
                    f"{action}: the answer is not one of AWS", "something in between answers: look at the proxy"
                )
        return failed(f"{action}: {error}", "look at the AWS configuration of this machine", final=True)


def _refused(response: dict[str, Any], action: str, login: str) -> Outcome:
    error, status = response.get("Error", {}), response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    code, message = error.get("Code", ""), textwrap.shorten(error.get("Message", ""), _LONGEST_MESSAGE)
    if code in _EXPIRED:
        return failed("the AWS credentials have expired", login, final=True)
    if code in _UNKNOWN:
        return failed(f"AWS does not know these credentials ({code})", login, final=True)
    if code in _DENIED or status == HTTPStatus.FORBIDDEN:
        return failed(f"{action} is denied", f"allow {action}; docs/verify.md has the whole policy", final=True)
    if code.endswith(_NOT_THERE):
        next_step = "apply the deployment: terraform plan says what is missing"
        return failed(f"not there, says {action}: {message}", next_step)
    return failed(f"{action}: {code}: {message}", "AWS's message says why; it is tried again until the limit")

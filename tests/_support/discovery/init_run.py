"""Run `owscale init` on an emulated account, and keep its files, its output and its calls."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from owscale.discovery.spec_check import CheckedText, check_text
from tests._support.discovery.account_parts import CLUSTER, SERVICE, AccountParts
from tests._support.emulator.command_run import CommandRun, owscale

_call = BaseClient._make_api_call


@dataclass
class Calls:
    """The calls to AWS by their IAM names. Those in `denied` fail as they do without the permission."""

    denied: frozenset[str] = frozenset()
    made: set[str] = field(default_factory=set)

    def record(self, client: BaseClient, operation: str, arguments: dict[str, Any]) -> Any:
        """Make one call, in place of the method of boto3."""
        service = client.meta.service_model.signing_name
        name = f"{'cloudwatch' if service == 'monitoring' else service}:{operation}"
        self.made.add(name)
        if name in self.denied:
            response = {
                "Error": {"Code": "AccessDeniedException", "Message": "not authorized"},
                "ResponseMetadata": {"HTTPStatusCode": 403},
            }
            raise ClientError(response, operation)
        return _call(client, operation, arguments)


@contextmanager
def recorded_calls(*denied: str) -> Iterator[Calls]:
    """Record the calls of this process, and deny some."""
    calls = Calls(frozenset(denied))
    with pytest.MonkeyPatch.context() as patch:

        def make(client: BaseClient, operation: str, arguments: dict[str, Any]) -> Any:
            return calls.record(client, operation, arguments)

        patch.setattr(BaseClient, "_make_api_call", make)
        yield calls


@dataclass(frozen=True)
class InitRun:
    """What one run wrote, printed and called."""

    run: CommandRun
    folder: Path
    calls: frozenset[str]

    @property
    def spec(self) -> str:
        """The text of the spec."""
        return (self.folder / "spec/spec.yaml").read_text(encoding="utf-8")

    @property
    def report(self) -> str:
        """The report, without the path of the folder."""
        return self.run.out.replace(str(self.folder), "DIR")

    @property
    def checked(self) -> CheckedText:
        """The result of the schema and the rules."""
        return check_text(self.spec, "spec/spec.yaml")

    @property
    def open_keys(self) -> list[str]:
        """The keys that the report names as open."""
        lines = self.run.out.partition("\nOpen: ")[2].partition("\n\n")[0].splitlines()[1:]
        return [line.strip() for line in lines if line.startswith("  ") and not line.startswith("   ")]

    @property
    def everything(self) -> str:
        """All texts that the run wrote and printed."""
        files = [file.read_text(encoding="utf-8") for file in self.folder.rglob("*") if file.is_file()]
        return "\n".join((self.run.out, self.run.err, *files))


def init_from_aws(aws: AccountParts, folder: Path, *options: str, denied: tuple[str, ...] = ()) -> InitRun:
    """Run the command on an account."""
    source = ("--from-aws", "--cluster", CLUSTER, "--service", SERVICE, "--region", aws.region)
    with recorded_calls(*denied) as calls:
        run = owscale("init", str(folder), "--name", "company-chat", *source, *options)
    return InitRun(run, folder, frozenset(calls.made))


def init_from_file(option: str, file: Path, folder: Path, *options: str) -> InitRun:
    """Run the command on a file."""
    return InitRun(
        owscale("init", str(folder), "--name", "company-chat", option, str(file), *options), folder, frozenset()
    )

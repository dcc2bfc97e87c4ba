"""Write the expected files of tests/discovery/ again: `python -m tests._support.discovery.expected`."""

import os
import tempfile
from pathlib import Path

from tests._support.cases import PROJECT
from tests._support.discovery.account_parts import emulated_aws
from tests._support.discovery.accounts import ACCOUNTS
from tests._support.discovery.init_run import InitRun, init_from_aws, init_from_file

EXPECTED = PROJECT / "tests/discovery/expected"
FILES = PROJECT / "tests/discovery/files"
COMMAND = ".venv/bin/python -m tests._support.discovery.expected"
OPTIONS = {"compose": "--from-compose", "helm": "--from-helm-values", "taskdef": "--from-taskdef"}
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


def option_of(file: Path) -> str:
    """Return the option that reads a file of `files/`, by the first word of its name."""
    return OPTIONS[file.name.partition("-")[0].partition(".")[0]]


def _write(name: str, run: InitRun) -> None:
    folder = EXPECTED / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "spec.yaml").write_text(run.spec, encoding="utf-8")
    (folder / "report.txt").write_text(run.report, encoding="utf-8")


def main() -> None:
    """Write the expected spec and report of each account and file."""
    os.environ.update(CREDENTIALS)
    for name, build in ACCOUNTS.items():
        with emulated_aws(), tempfile.TemporaryDirectory() as folder:
            _write(name, init_from_aws(build(), Path(folder)))
    os.chdir(FILES)
    for file in sorted(FILES.iterdir()):
        with tempfile.TemporaryDirectory() as folder:
            _write(file.stem, init_from_file(option_of(file), Path(file.name), Path(folder)))


if __name__ == "__main__":
    main()

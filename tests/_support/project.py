"""A project of its own for each test: a spec, its output, and the command line for both."""

from pathlib import Path

import pytest

from owscale.cli.main import main
from tests._support.cases import GOLDEN, with_own_resources

ROOT = "out/minimal/production"


class Project:
    """A directory with the minimal spec, the working directory while a test runs."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys
        self.spec = folder / "spec/spec.yaml"
        self.spec.parent.mkdir()
        minimal = (GOLDEN / "minimal/spec.yaml").read_text()
        self.spec.write_text(minimal.replace("{name: chat}", "{name: chat, instances: 2}"))
        self.out = folder / "out"
        self.root = folder / ROOT
        self.stdout = self.stderr = ""

    def run(self, *arguments: str) -> int:
        """Run a command, keep its output, and return its exit code."""
        exit_code = main(arguments)
        self.stdout, self.stderr = self._capsys.readouterr()
        return exit_code

    def generate(self, *arguments: str) -> str:
        """Run `generate`, which must succeed, and return its numbers: `+2 ~3 -1 =24`."""
        assert self.run("generate", *arguments) == 0, self.stderr
        return self.stdout.splitlines()[-1].partition(": ")[2]

    def change_spec(self, old: str, new: str) -> None:
        """Replace a text in the spec."""
        text = self.spec.read_text()
        assert old in text
        self.spec.write_text(text.replace(old, new))

    def add_spec(self, name: str) -> Path:
        """Add a deployment that differs from that of spec.yaml only where it must."""
        text = self.spec.read_text().replace("name: minimal", f"name: {name}")
        text = text.replace("minimal.tfstate", f"{name}.tfstate").replace("{name: chat,", f"{{name: {name},")
        text = with_own_resources(text, name)
        path = self.spec.with_name(f"{name}.yaml")
        path.write_text(text)
        return path

    def tree(self) -> dict[str, bytes]:
        """Return the content of every file under out/ by its path."""
        return {str(path.relative_to(self.out)): path.read_bytes() for path in self.out.rglob("*") if path.is_file()}

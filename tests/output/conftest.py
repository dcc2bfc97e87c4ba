"""A project of somebody's own: a spec, its output, and the command line on the two."""

from pathlib import Path

import pytest

from generator.cli import main
from tests.cases import GOLDEN

ROOT = "out/minimal/production"


class Project:
    """A folder with the minimal spec; the working directory while a test runs."""

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
        code = main(arguments)
        self.stdout, self.stderr = self._capsys.readouterr()
        return code

    def generate(self, *arguments: str) -> str:
        """The summary of a run that must succeed: `+2 ~3 -1 =24`."""
        assert self.run("generate", *arguments) == 0, self.stderr
        return self.stdout.splitlines()[-1].partition(": ")[2]

    def change_spec(self, old: str, new: str) -> None:
        text = self.spec.read_text()
        assert old in text
        self.spec.write_text(text.replace(old, new))

    def add_spec(self, name: str) -> Path:
        """Another deployment, like the one of spec.yaml but for what must differ."""
        theirs = self.spec.read_text().replace("name: minimal", f"name: {name}")
        theirs = theirs.replace("minimal.tfstate", f"{name}.tfstate").replace("{name: chat,", f"{{name: {name},")
        path = self.spec.with_name(f"{name}.yaml")
        path.write_text(theirs)
        return path

    def tree(self) -> dict[str, bytes]:
        """Every file under out/ with its content."""
        return {str(path.relative_to(self.out)): path.read_bytes() for path in self.out.rglob("*") if path.is_file()}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Project:
    monkeypatch.chdir(tmp_path)
    return Project(tmp_path, capsys)

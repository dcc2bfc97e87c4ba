"""Which results are stored, and how many are kept."""

import os
import subprocess
import sys

from tests._support.installation import Installation


def test_file_that_changes_during_the_run_prevents_storing(installation: Installation) -> None:
    """As if the spec had been written after the run began: the run may have read either content."""
    spec = installation.path("project/spec/spec.yaml")
    spec.write_text(spec.read_text() + "# more\n")
    code = (
        "import sys, time; now = time.time_ns; time.time_ns = lambda: now() - 10**12;"
        "from owscale.cli.main import main; sys.exit(main(['check']))"
    )
    subprocess.run(  # noqa: S603 -- our own code
        [sys.executable, "-c", code],
        cwd=installation.path("project"),
        env=installation.environment(),
        check=True,
        capture_output=True,
    )
    assert installation.owscale("check")[2] == "computed"


def test_newest_entries_are_kept(installation: Installation) -> None:
    folder = installation.path("cache/owscale")
    for number in range(150):
        (folder / f"answer-{number}").write_text("")
        os.utime(folder / f"answer-{number}", (number, number))
    installation.owscale("check", "--output-format", "json")
    kept = {path.name for path in folder.glob("answer-*")}
    assert len(kept) == 100
    assert "answer-149" in kept
    assert "answer-0" not in kept

"""The AWS account in memory whose tasks are real: each one runs its command with a release of Open WebUI."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from tests._support.upgrade_account import NEW, OLD, Task, UpgradeAccount
from tests.openwebui import installation
from tests.openwebui.programs import Program
from tests.openwebui.stack import Stack

RELEASES = {OLD: "0.11.3", NEW: "0.12.4"}
MIGRATION_COMMAND = ("python", "-c", "import open_webui.config")
"""As templates/modules/service/migration.tf.j2 has it; a test compares both."""
_REAL_PAUSE_SECONDS = 1.0


class RealTasks(UpgradeAccount):
    """Tasks are programs on this machine. A pause of owscale takes at most a second."""

    def __init__(self, stack: Stack) -> None:
        super().__init__()
        self._stack = stack
        self.programs: dict[str, Program] = {}
        self._advance = self.clock.sleep
        self.clock.sleep = self._sleep  # type: ignore[method-assign]  # time passes for the programs too

    def _sleep(self, seconds: float) -> None:
        import time  # noqa: PLC0415 -- the only real pause

        time.sleep(min(seconds, _REAL_PAUSE_SECONDS))
        self._advance(seconds)

    def _RunTask(self, **arguments: Any) -> dict[str, Any]:
        response = super()._RunTask(**arguments)
        arn = response["tasks"][0]["taskArn"]
        if arn not in self.programs:
            self.programs[arn] = self._start(self.tasks[arn])
        return response

    def _start(self, task: Task) -> Program:
        image = self._image(task.definition)
        release = RELEASES[image]
        python = str(installation.python_of(release))
        folder = self._stack.folder / f"task-{len(self.programs)}"
        (folder / "static").mkdir(parents=True)
        command: Mapping[str, Any] = task.override
        words = [python, *command.get("command", MIGRATION_COMMAND)[1:]]
        values = {
            **self._stack.environment(release),
            **{each["name"]: each["value"] for each in task.override["environment"]},
            "ENABLE_DB_MIGRATIONS": "true",
            "FROM_INIT_PY": "true",
            "HOME": str(folder),
            "PATH": os.environ["PATH"],
            "SSL_CERT_FILE": str(self._stack.certificate),
            "STATIC_DIR": str(folder / "static"),
        }
        return Program(words, folder / "log", values, folder)

    def _ended(self, task: Task) -> bool:
        program = self.programs.get(task.arn)
        if program is None or program.is_running:
            return False
        task.stopped, task.exit_code = True, program.process.returncode
        task.log = program.log.read_text(errors="replace").splitlines()
        return True

    def _StopTask(self, cluster: str, task: str, reason: str) -> dict[str, Any]:
        assert cluster
        assert reason
        self.programs[task].stop()
        return {}

    def stop(self) -> None:
        """End every program."""
        for program in self.programs.values():
            program.stop()

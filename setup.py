"""Build the import package `owscale` from generator/, with the templates inside it.

With SOURCE_DATE_EPOCH set, two builds of the same files give the same bytes.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py

PROJECT = Path(__file__).parent


class BuildPackage(build_py):
    """Copy the templates into the package and write its `_generated/` files.

    An editable installation reads templates/ of the checkout instead, and `make` writes `_generated/` there.
    """

    def run(self) -> None:
        """Copy the modules, then the templates, then run the code that writes `_generated/`."""
        package = Path(self.build_lib, "owscale")
        if not self.editable_mode:
            shutil.rmtree(package, ignore_errors=True)  # an earlier build may have left modules that are gone
        super().run()
        if self.editable_mode:
            return
        shutil.copytree(PROJECT / "templates", package / "templates")
        path = [str(Path(self.build_lib).resolve()), *sys.path]  # pip provides the libraries of a build by PYTHONPATH
        subprocess.run(
            [sys.executable, "-m", "owscale.workflow.precompute"],
            check=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(path), "PYTHONDONTWRITEBYTECODE": "1"},
        )


class BuildWheel(bdist_wheel):
    """Give every file the same permissions: those of a checkout depend on the umask of its user."""

    def write_wheelfile(self, *arguments: str) -> None:
        """Write the last file, and set the permissions before the archive is written."""
        super().write_wheelfile(*arguments)
        for path in Path(self.bdist_dir).rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o644)


setup(
    packages=["owscale", *(f"owscale.{name}" for name in find_packages("generator"))],
    cmdclass={"build_py": BuildPackage, "bdist_wheel": BuildWheel},
)

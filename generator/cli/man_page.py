"""The man page of owscale, from the same parser as its help."""

import os

from owscale import __version__
from owscale.cli.parser import build_full_parser

_COLUMNS = "100"
"""Width of the lines of usage, in characters; man fills all other lines by itself."""


def man_page() -> str:
    """Return the man page, the same on every terminal. Its library is installed only for the tests."""
    from argparse_manpage.manpage import Manpage  # noqa: PLC0415 -- not installed with owscale

    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = _COLUMNS
    try:
        parser = build_full_parser()
        page = Manpage(parser, {"date": " ", "version": __version__, "manual_title": "owscale"})
        page.description = "generate Terraform for Open WebUI on AWS from one YAML spec"
        return str(page)
    finally:
        del os.environ["COLUMNS"]
        if before is not None:
            os.environ["COLUMNS"] = before

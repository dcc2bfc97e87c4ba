"""A report in the format that was asked for, and how the run ended."""

import importlib
from argparse import Namespace

from generator.errors import Report


def told(report: Report, options: Namespace, failure: str = "") -> tuple[str, str]:
    """What a run prints of what it found, on stdout and on stderr; last why it failed, or its warnings counted."""
    end = failure or (f"{report.summary}." if report.summary else "")
    out = err = ""
    if options.format != "text":
        out = importlib.import_module(f"generator.report.as_{options.format}").rendered(report)
    elif end:
        from generator.report import as_text  # noqa: PLC0415 -- as the others, where it is needed

        err = as_text.rendered(report, as_text.look(options.color))
    if end:
        from generator.report import printable  # noqa: PLC0415 -- likewise

        err += "\n".join(map(printable, end.split("\n"))) + "\n"
    return out, err

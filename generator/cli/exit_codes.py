"""Exit codes of owscale, which scripts and pipelines rely on."""

SUCCESS = 0
FAILURE = 1
"""A spec has errors, out/ has drifted, or a check failed."""
USAGE = 2
BUG = 3
INTERRUPTED = 130

"""Exit codes of owscale, which scripts and pipelines rely on."""

SUCCESS = 0
FAILURE = 1
"""A spec has errors, out/ has drifted, or a check failed."""
USAGE = 2
BUG = 3
INTERRUPTED = 130
BROKEN_PIPE = 141
"""The reader of the output has closed it: 128 + SIGPIPE, as a shell reports other programs. So a script under
`pipefail` can distinguish `owscale check | head` from a check that failed."""

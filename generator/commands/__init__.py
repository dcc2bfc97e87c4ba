"""A file a verb: each a function of the parsed options that returns the exit code."""

"""Files on disk: atomic writes, digests, and errors with a path."""

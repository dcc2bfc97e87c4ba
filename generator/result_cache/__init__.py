"""Remember the output of a `check` or `generate` that found nothing to change, while its inputs stay the same."""

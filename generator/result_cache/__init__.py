"""Store the output of a `check` or `generate` that found nothing to change, and print it while that cannot change."""

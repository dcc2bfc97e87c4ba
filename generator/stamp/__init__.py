"""The answer of a run that found all as it should be, given again while nothing that it read has changed (ADR 12)."""

"""The review of a change: its keys, resources, safeguards and cost."""

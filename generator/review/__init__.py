"""What a reviewer needs to know of a change: keys, resources, safeguards and cost."""

"""Time, memory and instructions of owscale, compared with floors. README.md in this directory describes the use."""

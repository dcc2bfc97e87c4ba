"""Read a running Open WebUI, and propose a spec for it: one module for each source, one writer of the spec."""

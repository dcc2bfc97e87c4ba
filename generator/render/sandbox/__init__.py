"""Render templates that are not part of owscale in a process with limits (docs/adr/0019-sandboxed-templates.md)."""

"""Limits of AWS and Open WebUI with their sources, and values derived from a spec."""

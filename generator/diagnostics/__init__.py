"""Errors and warnings about specs, and the report that collects them."""

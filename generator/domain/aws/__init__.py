"""Limits, prices and names of AWS services, each with its source."""

"""Measure which releases of Open WebUI work on one database, and how long users wait for a live migration."""

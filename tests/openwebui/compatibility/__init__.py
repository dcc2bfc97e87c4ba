"""Measure which releases of Open WebUI work on one database, and what users notice of a live migration."""

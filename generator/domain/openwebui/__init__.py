"""Variables, capacity and releases of Open WebUI."""

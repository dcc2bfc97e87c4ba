"""What is known of the world outside: AWS's limits and Open WebUI's ways, with their sources."""

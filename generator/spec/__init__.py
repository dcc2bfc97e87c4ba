"""Read a spec: YAML to a located document, its environments, and validated models."""

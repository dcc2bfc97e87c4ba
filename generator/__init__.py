"""owscale: one YAML spec of an Open WebUI deployment on AWS, rendered into plain Terraform."""

__version__ = "0.1.0"

"""Read generated HCL: the addresses of its resources and the sources of their arguments, without Terraform."""

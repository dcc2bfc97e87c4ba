"""A generated root read back: the address of each resource, and what its arguments come to.

Resource addresses are an interface: Terraform destroys what has lost its own. They are read from the HCL itself, so
that they are those of the user's extra files too.
"""

from generator.addresses.reader import EACH, Resource
from generator.addresses.root import Root, root

__all__ = ["EACH", "Resource", "Root", "root"]

"""Bare loops: the reading and writing that a case cannot avoid, without anything else that owscale does."""

"""Bare loops: the least that the work of a case can cost, without any of what owscale is for."""

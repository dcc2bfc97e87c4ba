"""The pydantic models of a spec, one module for each section."""

from owscale.spec.models.spec import Spec

__all__ = ["Spec"]

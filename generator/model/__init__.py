"""The pydantic types of a spec, one file a concept."""

from generator.model.spec import Spec

__all__ = ["Spec"]

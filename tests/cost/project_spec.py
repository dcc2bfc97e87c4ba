"""The project's own spec, and variants of a spec."""

from typing import Any

from owscale.spec.models import Spec
from owscale.spec.validation import child_values, validate
from tests._support.cases import cases

(PROJECT_SPEC,) = (deployment.spec for deployment in cases()[0].deployments())
CASE_NAMES = ("minimum", "expected", "maximum", "deployment", "cut_over")


def with_values(spec: Spec, **sections: dict[str, Any]) -> Spec:
    """Return a spec with other values in its sections."""
    data = _plain_data(spec)
    for section, values in sections.items():
        data[section] |= values
    return validate(data)


def _plain_data(node: Any) -> Any:
    children = child_values(node)
    return node if children is None else {name: _plain_data(value) for name, value in children.items()}

"""Specs with other values in single sections."""

from collections.abc import Callable

import pytest

from owscale.spec.models import Spec
from tests._support.cases import altered, cases

REPOSITORY = "ghcr.io/open-webui/open-webui"


@pytest.fixture(scope="session")
def minimal_spec() -> Spec:
    """Return the spec of the golden case `minimal`."""
    return next(case for case in cases() if case.name == "minimal").deployments()[0].spec


@pytest.fixture
def spec_with_app(minimal_spec: Spec) -> Callable[..., Spec]:
    """Return a function that replaces values of `app`; `tag` is short for an image with this tag."""

    def build(*, tag: str = "v0.12.4", **values: object) -> Spec:
        app = {"image": f"{REPOSITORY}:{tag}", **values}
        return altered(minimal_spec, app=altered(minimal_spec.app, **app))

    return build

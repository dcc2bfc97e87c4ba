"""A deployment that runs a refused release can be upgraded, and no deployment can begin with one."""

import pytest

from owscale.rules.runner import check_deployment
from tests._support.cases import altered, cases

REPOSITORY = "ghcr.io/open-webui/open-webui"


@pytest.mark.parametrize(
    ("images", "refused"),
    [
        ({"image": "v0.10.1"}, {"app.image"}),
        ({"image": "v0.10.1", "migration_image": "v0.12.4"}, set()),
        ({"image": "v0.10.0", "migration_image": "v0.10.1"}, {"app.migration_image"}),
    ],
)
def test_refused_release_may_only_be_left(images: dict[str, str], refused: set[str]) -> None:
    (deployment,) = next(case for case in cases() if case.name == "minimal").deployments()
    app = altered(deployment.spec.app, **{key: f"{REPOSITORY}:{tag}" for key, tag in images.items()})
    found = check_deployment(deployment._replace(spec=altered(deployment.spec, app=app))).diagnostics
    assert {each.path for each in found if each.code == "S302"} == refused

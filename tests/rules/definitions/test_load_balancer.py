"""TLS of the public URL: a proxy or the load balancer terminates it."""

import pytest

from owscale.rules.runner import check_deployment
from tests._support.cases import altered, cases

PUBLIC_URL = "https://chat.example.com"


@pytest.mark.parametrize(
    ("termination", "certificate", "public_url", "valid"),
    [
        (None, False, None, True),
        (None, False, PUBLIC_URL, False),
        (None, True, PUBLIC_URL, True),
        ("proxy", False, PUBLIC_URL, True),
        ("proxy", True, PUBLIC_URL, True),
        ("proxy", False, None, True),
        ("load_balancer", False, None, False),
        ("load_balancer", False, PUBLIC_URL, False),
        ("load_balancer", True, PUBLIC_URL, True),
    ],
)
def test_tls_of_the_public_url_is_terminated(
    termination: str | None, public_url: str | None, *, certificate: bool, valid: bool
) -> None:
    (deployment,) = next(case for case in cases() if case.name == "minimal").deployments()
    spec = deployment.spec
    arn = f"arn:aws:acm:eu-west-1:111122223333:certificate/{'0' * 36}" if certificate else None
    spec = altered(
        spec,
        app=altered(spec.app, public_url=public_url),
        existing=altered(spec.existing, certificate_arn=arn),
        load_balancer=altered(spec.load_balancer, tls_termination=termination),
    )
    codes = {diagnostic.code for diagnostic in check_deployment(deployment._replace(spec=spec)).diagnostics}
    assert ("S321" not in codes) is valid

"""The address of the requests."""

import pytest

from tests._support.applied_deployment import AppliedDeployment

_CERTIFICATE = "arn:aws:acm:eu-west-1:123456789012:certificate/00000000-0000-0000-0000-000000000000"


@pytest.mark.parametrize(
    ("certificate", "ports", "address"),
    [
        (None, {}, "http://internal-NAME.elb.invalid:80"),
        (None, {"http_port": 8080}, "http://internal-NAME.elb.invalid:8080"),
        (_CERTIFICATE, {}, "https://internal-NAME.elb.invalid:443"),
    ],
)
def test_default_address_is_that_of_the_listener(
    applied: AppliedDeployment, certificate: str | None, ports: dict[str, int], address: str
) -> None:
    if certificate:
        applied.spec["existing"]["certificate_arn"] = certificate
    applied.spec["load_balancer"] |= ports
    applied.webui.url = ""
    assert applied.verify("--only", "http.health") == 1
    assert f"at {address.replace('NAME', applied.name)}," in applied.stdout


@pytest.mark.parametrize("url", ["127.0.0.1:80", "http://user@host", "http://host:port", "http://host/path"])
def test_other_address_than_scheme_host_and_port_is_a_usage_error(applied: AppliedDeployment, url: str) -> None:
    assert applied.verify("--address", url) == 2
    assert (
        "--address: not a URL of scheme, host and optional port\n  hint: write it as http://HOST:PORT" in applied.stderr
    )

"""Each failure of the check of the WebSocket."""

import pytest

from owscale.verify.websocket_check import accept_key
from tests._support.applied_deployment import AppliedDeployment


@pytest.mark.parametrize(
    ("change", "evidence"),
    [
        ({"upgrade_status": 200}, "transport=websocket with Host chat.example.com: 200"),
        ({"upgrade_status": 400}, "400: Open WebUI rejects the origin, or WebSockets are off"),
        ({"upgrade_status": 503}, "503: no target is registered"),
        ({"guid": "another"}, "101, but Sec-WebSocket-Accept is wrong"),
        ({"packet": None}, "101, but no Engine.IO session"),
        ({"packet": b"hello"}, "101, but no Engine.IO session"),
        ({"packet": b"0hello"}, "101, but no Engine.IO session"),
        ({"packet": b"0{}"}, "101, but no Engine.IO session"),
        ({"packet": b"0" * 60000}, "101, but no Engine.IO session"),
    ],
)
def test_websocket_without_a_session_fails(
    applied: AppliedDeployment, change: dict[str, object], evidence: str
) -> None:
    for name, value in change.items():
        setattr(applied.webui, name, value)
    assert evidence in applied.verify_one("http.websocket")


def test_accept_key_is_that_of_the_rfc() -> None:
    assert accept_key("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


def test_long_packet_is_read(applied: AppliedDeployment) -> None:
    assert applied.webui.packet
    applied.webui.packet = applied.webui.packet.replace(b'"upgrades"', b'"more": "' + b"x" * 300 + b'", "upgrades"')
    assert applied.verify("--only", "http.websocket") == 0

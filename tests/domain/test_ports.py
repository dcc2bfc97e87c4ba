"""The templates open and use the ports of the domain, and no other literal."""

import re

from owscale.domain.ports import APP_PORT, NFS_PORT, REDIS_PORT
from tests._support.cases import PROJECT

_PORT = re.compile(r"(?i:\b(\w*port)\s*=\s*|127\.0\.0\.1:)(\d+)")
_BY_NAME = {"file_system_port": NFS_PORT, "redis_port": REDIS_PORT}
_LISTENER_PORTS = {80, 443}


def test_templates_have_the_ports_of_the_domain() -> None:
    ports = [
        (path.parent.name, *match.groups())
        for path in (PROJECT / "templates").rglob("*.tf.j2")
        for match in _PORT.finditer(path.read_text())
    ]
    assert {int(port) for _, _, port in ports} >= {APP_PORT, NFS_PORT, REDIS_PORT}
    for module, name, port in ports:
        expected = _BY_NAME.get(name, REDIS_PORT if module == "redis" else APP_PORT)
        assert int(port) == expected or (module == "load_balancer" and int(port) in _LISTENER_PORTS), (module, name)

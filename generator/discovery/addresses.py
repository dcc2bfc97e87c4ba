"""Addresses of servers in the values of variables."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from owscale.discovery.running_service import ServerAddress
from owscale.domain.openwebui.environment import REDIRECT_URIS
from owscale.domain.openwebui.variables import HANDLING_BY_VARIABLE

_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
_OF_BROWSERS = {"CORS_ALLOW_ORIGIN", "WEBUI_AUTH_SIGNOUT_REDIRECT_URL", *REDIRECT_URIS}
_LOOPBACK = {"localhost", "host.docker.internal"}


def addresses(environment: Mapping[str, str]) -> list[ServerAddress]:
    """Return the HTTP and WebSocket addresses that tasks call, from the values of variables; `;` separates several."""
    found = []
    for variable, value in environment.items():
        handling = HANDLING_BY_VARIABLE.get(variable)
        if variable in _OF_BROWSERS or (handling and handling.kind in {"key", "secret", "refused"}):
            continue
        for url in value.split(";"):
            try:
                parts = urlsplit(url.strip())
                port = parts.port or _PORTS.get(parts.scheme)
            except ValueError:
                continue
            if parts.scheme in _PORTS and parts.hostname and port:
                found.append(ServerAddress(variable, parts.hostname, port))
    return found


def is_private(host: str) -> bool:
    """Whether a host is a network address of a private network."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False


def is_loopback(host: str) -> bool:
    """Whether a host is the machine or the task itself."""
    try:
        return host in _LOOPBACK or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def database_host(environment: Mapping[str, str]) -> str:
    """Return the host of the database in plain variables; "" if there is none. Nothing else of a URL is used."""
    try:
        host = urlsplit(environment.get("DATABASE_URL", "")).hostname
    except ValueError:
        host = ""
    return (host or environment.get("DATABASE_HOST", "")).lower()

"""The handling of each environment variable of a running Open WebUI in a spec."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from owscale.console.secret_texts import find_secrets
from owscale.discovery.running_service import Container, Secret
from owscale.domain.openwebui import read_variables, replaced_environment
from owscale.domain.openwebui.environment import MANAGED_SECRETS, SPEC_KEYS_BY_VARIABLE
from owscale.domain.openwebui.secret_variables import is_named_like_secret
from owscale.spec.document import Path

Fate = Literal["key", "plain", "secret", "open", "left out"]

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,254}")
_SUSPICIOUS = re.compile(r"PASS|PWD|SECRET|TOKEN|KEY|CREDENTIAL|PRIVATE|AUTH|SALT|SIGNATURE|DSN|CONNECTION_?STR|COOKIE")
_HARMLESS_VALUE = re.compile(r"(?i)true|false|yes|no|on|off|none|\d{1,6}(\.\d{1,6})?|.{0,3}")
_NUMBERS = re.compile(r"[1-9][0-9]{0,8}")
_SIZED_FOR_ONE_TASK = ("UVICORN_WORKERS", "DATABASE_POOL_", "PGVECTOR_POOL_")
_OWN_REDIS = "the deployment has a Redis of its own"
_NAMED_SECRETS: dict[str, Path] = {
    "DATABASE_URL": ("existing", "database", "url_secret_arn"),
    "WEBUI_SECRET_KEY": ("existing", "secrets", "webui_secret_key_arn"),
}


class Planned(NamedTuple):
    """The handling of one variable of the source in the spec.

    `path` is the key of the spec for it, and `value` the value of that key. A variable that is `open` is a secret whose
    ARN is not known, or whose value the source takes from elsewhere. `reason` is why a variable is open or left out.
    `is_plain_secret`: the source has the value of the secret, which is never written.
    """

    name: str
    fate: Fate
    path: Path = ()
    value: str | int = ""
    reason: str = ""
    secret: Secret = Secret()
    is_plain_secret: bool = False


def plan_variables(container: Container, *, faithful: bool) -> Iterator[Planned]:
    """Yield the handling of each variable; with `faithful`, also of variables that only one task may have."""
    urls = tuple(url.rstrip("/") for url in (container.environment.get("WEBUI_URL"),) if url)
    origin = container.environment.get("CORS_ALLOW_ORIGIN", "")
    urls = urls or ((origin.rstrip("/"),) if origin.startswith("https://") and ";" not in origin else ())
    for name, value in sorted(container.environment.items()):
        if name not in container.secrets and name not in container.unset:
            yield _plan_plain(name, value, urls, faithful=faithful)
    for name in sorted({*container.unset} - container.secrets.keys()):
        yield _plan_unset(name)
    for name, secret in sorted(container.secrets.items()):
        yield _plan_secret(name, secret)


def is_secret(name: str, value: str) -> bool:
    """Whether a variable holds a secret, by its name or its value.

    A variable that Open WebUI does not read has an unknown purpose: a suspicious word in its name is enough, unless its
    value is harmless.
    """
    if not value:
        return False
    if is_named_like_secret(name, value) or find_secrets(value, name):
        return True
    is_known = name in read_variables.all_names()
    return not is_known and bool(_SUSPICIOUS.search(name.upper())) and not _HARMLESS_VALUE.fullmatch(value)


def _plan_plain(name: str, value: str, urls: tuple[str, ...], *, faithful: bool) -> Planned:
    path: Path = ("app", "environment", name)
    if not _NAME.fullmatch(name) or find_secrets(name, "id"):
        return Planned(name, "left out", reason="its name is not valid for a variable")
    if faithful and name not in SPEC_KEYS_BY_VARIABLE:
        return Planned(name, "plain", path, value)
    if name in MANAGED_SECRETS:
        if name in _NAMED_SECRETS and value:
            return Planned(name, "open", _NAMED_SECRETS[name], is_plain_secret=True)
        return Planned(name, "left out", reason=_OWN_REDIS if name not in _NAMED_SECRETS else "it is empty")
    if name in SPEC_KEYS_BY_VARIABLE:
        return _plan_key(name, value, faithful=faithful)
    if name == "CORS_ALLOW_ORIGIN" and value.rstrip("/") in {"*", *urls}:
        return Planned(name, "left out", reason="it follows from app.public_url")
    if reason := _not_taken(name):
        return Planned(name, "left out", reason=reason)
    if is_secret(name, value):
        return Planned(name, "open", ("app", "secrets", name), is_plain_secret=True)
    if not value and is_named_like_secret(name, value):
        return Planned(name, "left out", reason="it is empty")
    return Planned(name, "plain", path, value)


def _plan_key(name: str, value: str, *, faithful: bool) -> Planned:
    """Plan a variable that has a key of its own in the spec."""
    path = tuple(SPEC_KEYS_BY_VARIABLE[name].split("."))
    if name == "WEBUI_URL":
        return Planned(name, "key", path, value.rstrip("/"))
    if name == "VECTOR_DB":
        return Planned(name, "key", path, value)
    if name == "ENABLE_DB_MIGRATIONS" or (name.startswith(_SIZED_FOR_ONE_TASK) and not faithful):
        return Planned(name, "left out", reason=replaced_environment.set_on_purpose()[name])
    if not _NUMBERS.fullmatch(value):
        return Planned(name, "left out", reason="its value is not a number above 0")
    return Planned(name, "key", path, int(value))


def _plan_unset(name: str) -> Planned:
    if reason := _not_taken(name):
        return Planned(name, "left out", reason=reason)
    reason = "its value comes from elsewhere, such as from the shell or a file"
    if name in _NAMED_SECRETS:
        return Planned(name, "open", _NAMED_SECRETS[name], reason=reason)
    if name in SPEC_KEYS_BY_VARIABLE or name in MANAGED_SECRETS or not _NAME.fullmatch(name):
        return Planned(name, "left out", reason=reason if name in SPEC_KEYS_BY_VARIABLE else _OWN_REDIS)
    section = "secrets" if is_secret(name, "unknown") else "environment"
    return Planned(name, "open", ("app", section, name), reason=reason)


def _plan_secret(name: str, secret: Secret) -> Planned:
    if not _NAME.fullmatch(name) or find_secrets(name, "id"):
        return Planned(name, "left out", reason="its name is not valid for a variable")
    path = _NAMED_SECRETS.get(name, ("app", "secrets", name))
    if name in SPEC_KEYS_BY_VARIABLE:
        reason = f"its value is a secret, which is not read; {SPEC_KEYS_BY_VARIABLE[name]} takes a plain value"
        return Planned(name, "left out", reason=reason)
    if name in MANAGED_SECRETS and name not in _NAMED_SECRETS:
        return Planned(name, "left out", reason=_OWN_REDIS)
    if name not in MANAGED_SECRETS and (reason := _not_taken(name)):
        return Planned(name, "left out", reason=reason)
    if secret.arn and not secret.problem:
        return Planned(name, "secret", path, secret.arn, secret=secret)
    return Planned(name, "open", path, reason=secret.problem, secret=secret)


def _not_taken(name: str) -> str:
    """Return why the service of the deployment does not take a variable; "" if it does."""
    return replaced_environment.set_on_purpose().get(name) or replaced_environment.not_needed().get(name, "")

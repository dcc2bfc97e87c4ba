"""Faults of releases of Open WebUI that concern a deployment of owscale, and the verdict on each release.

They concern the start of the image, migrations, PostgreSQL, Redis, several tasks and sign-in. Each was found in
CHANGELOG.md of open-webui; `evidence` names the code in the published packages that shows it.
docs/openwebui-releases.md is generated from this table.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple

from owscale.console.versions import version_numbers

if TYPE_CHECKING:
    from owscale.spec.models import Spec

JUDGED_UNTIL = "0.12.4"
"""The newest release whose changelog was read."""

ISSUES = "https://github.com/open-webui/open-webui/issues"


class Fault(NamedTuple):
    """A fault of the releases from `first` to `last`; `first` is the oldest supported one where upstream names none.

    `issues` are numbers of upstream's issues and pull requests. `evidence` may be empty. A refused release is an error;
    with `condition`, the text of `applies`, only for some specs.
    """

    first: str
    last: str
    severity: Literal["refused", "warning"]
    effect: str
    issues: tuple[int, ...]
    evidence: str = ""
    condition: str = ""
    applies: Callable[[Spec], bool] = lambda _: True

    def covers(self, release: str) -> bool:
        """Whether a release has the fault."""
        return version_numbers(self.first) <= version_numbers(release) <= version_numbers(self.last)


def _retries_on_timeout(spec: Spec) -> bool:
    given = spec.app.environment
    try:
        options = json.loads(given.get("WEBSOCKET_REDIS_OPTIONS") or "{}")
    except (ValueError, RecursionError):  # RecursionError: brackets nested without limit
        return False  # Open WebUI ignores it (open_webui/env.py)
    has_room_channels = given.get("WEBSOCKET_REDIS_ROOM_CHANNELS", "true").lower() == "true"
    return has_room_channels and isinstance(options, dict) and bool(options.get("retry_on_timeout"))


def _has_telemetry(spec: Spec) -> bool:
    return spec.app.environment.get("ENABLE_OTEL", "").lower() == "true"


def _has_numeric_sign_in(spec: Spec) -> bool:
    return bool({"GITHUB_CLIENT_ID", "FEISHU_CLIENT_ID"} & {*spec.app.environment, *spec.app.secrets})


def _has_scim(spec: Spec) -> bool:
    given = spec.app.environment
    return given.get("ENABLE_SCIM", given.get("SCIM_ENABLED", "")).lower() == "true"


FAULTS = (
    Fault(
        "0.10.0",
        "0.10.2",
        "refused",
        "its listener for Stop ends after five idle seconds, and Stop does nothing",
        (26779,),
        "the packages require redis-py 8.0.0, whose blocking listener raises TimeoutError after 5 s; not so 7.4.0 and "
        "8.0.1",
    ),
    Fault(
        "0.10.0",
        "0.10.1",
        "refused",
        "messages between tasks are lost: it loops on Redis pub/sub",
        (26425,),
        "0.10.0 and 0.10.1 have the same open_webui/socket/main.py, and the same redis-py",
    ),
    Fault(
        "0.11.2",
        "0.11.2",
        "refused",
        "no migration runs, because its modules import each other in a circle",
        (29280, 29298),
        "open_webui/migrations/env.py imports a module that needs ENABLE_LOCAL_WEB_FETCH, which open_webui/config.py "
        "does not have yet: with an empty database, `import open_webui.config` ends with exit code 0 and no table. No "
        "other release since 0.7.0 has such an import",
    ),
    Fault(
        "0.12.3",
        "0.12.3",
        "refused",
        "new WebSockets hang after a reconnect to Redis",
        (33009,),
        condition="with `retry_on_timeout` in `WEBSOCKET_REDIS_OPTIONS`",
        applies=_retries_on_timeout,
    ),
    Fault(
        "0.8.9",
        "0.8.9",
        "refused",
        "the image does not start, because a module of OpenTelemetry is missing",
        (22401,),
        "open_webui/main.py imports it only if ENABLE_OTEL is true",
        condition="with `ENABLE_OTEL`",
        applies=_has_telemetry,
    ),
    Fault(
        "0.10.2",
        "0.11.0",
        "refused",
        "sign-in with GitHub or Feishu fails on PostgreSQL",
        (27760,),
        "upstream names 0.10.2 as the first; get_user_by_oauth_sub in open_webui/models/users.py is the same in 0.9.6",
        condition="with `GITHUB_CLIENT_ID` or `FEISHU_CLIENT_ID`",
        applies=_has_numeric_sign_in,
    ),
    Fault(
        "0.12.0",
        "0.12.0",
        "refused",
        "users that SCIM created cannot sign in with single sign-on",
        (32347,),
        condition="with `ENABLE_SCIM`",
        applies=_has_scim,
    ),
    Fault(
        "0.7.0",
        "0.7.0",
        "warning",
        "parallel requests that exhaust the database pool stop a process, which then fails its health check",
        (20520,),
        "measured: 15 parallel requests with a pool of 10 + 5, which 0.7.1 answers",
    ),
    Fault(
        "0.7.0",
        "0.11.0",
        "warning",
        "Stop does nothing after a failover of Redis, until the task ends",
        (28909,),
        "redis_task_command_listener in open_webui/tasks.py ends with the ConnectionError of redis-py 7.4.0 or 8.0.1",
    ),
    Fault(
        "0.7.0",
        "0.11.2",
        "warning",
        "a failed migration ends with exit code 0, and only the log has its error",
        (29280,),
        "run_migrations in open_webui/config.py does not raise the error",
    ),
    Fault(
        "0.12.0",
        "0.12.0",
        "warning",
        "a page reconnects several times per second after a sign-in without a reload",
        (32338,),
    ),
    Fault(
        "0.7.0",
        "0.11.4",
        "warning",
        "a dialog of a tool gets no answer if the browser is connected to another process",
        (31620,),
    ),
    Fault(
        "0.7.0",
        "0.11.4",
        "warning",
        "chat requests can fail with status 500 after a restart of Redis",
        (31619,),
    ),
    Fault(
        "0.8.2",
        "0.11.3",
        "warning",
        "abandoned WebSocket sessions stay in Redis after its first error",
        (29976,),
        "periodic_session_pool_cleanup in open_webui/socket/main.py; 0.8.2 introduced it",
    ),
    Fault(
        "0.11.0",
        "0.11.0",
        "warning",
        "each process reads all timers from the table of chats every second",
        (27622, 27782),
        "claim_due_timers in open_webui/utils/timers.py",
    ),
    Fault(
        "0.9.0",
        "0.9.1",
        "warning",
        "parameters in the database URL, such as `options`, fail: it uses asyncpg",
        (24008,),
    ),
    Fault(
        "0.7.0",
        "0.8.3",
        "warning",
        "simultaneous sign-ups on an empty database create several admins",
        (21631,),
        "signup_handler in open_webui/routers/auths.py looks for users before it inserts one",
    ),
    Fault("0.8.2", "0.8.2", "warning", "the list of groups fails on PostgreSQL", (21458,)),
    Fault("0.8.0", "0.8.0", "warning", "skills fail on PostgreSQL", (21372,)),
    Fault(
        "0.7.0",
        "0.7.2",
        "warning",
        "processes keep database connections during model requests, and run out of them",
        (20545, 20569),
    ),
)
"""The faults, the most severe first."""

SETTLED = (
    (
        "0.8.4 and 0.8.5",
        21848,
        "migrations run, measured with an empty database; the import came to models/groups.py in 0.8.6, with its fix",
    ),
    (
        "0.11.0 and 0.11.1",
        29280,
        "migrations run, measured with an empty database: only 0.11.2 has the circular import",
    ),
    (
        "0.11.0",
        27651,
        "only for containers that do not run as root, unlike the image: a speech model that only root can read",
    ),
)
"""Suspected releases that do not have a fault: the releases, the issue, and the reason."""


def faults(release: str, spec: Spec, severity: Literal["refused", "warning"]) -> Iterator[Fault]:
    """Yield the faults of a release that concern a deployment."""
    return (fault for fault in FAULTS if fault.severity == severity and fault.covers(release) and fault.applies(spec))


def issue_names(fault: Fault) -> str:
    """Return the issues of a fault for a message, such as `open-webui issue 26779`."""
    return f"open-webui issue{'s' if len(fault.issues) > 1 else ''} {', '.join(map(str, fault.issues))}"

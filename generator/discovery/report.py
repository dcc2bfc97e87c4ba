"""The report of `owscale init`: values found, open questions, changes for users, and diagnostics of the rules."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from owscale.console.secret_texts import mask_secrets
from owscale.console.text import and_more, plural
from owscale.discovery.assemble import Assembled, BrokenRule
from owscale.discovery.draft import Entry
from owscale.discovery.running_service import RunningService
from owscale.domain.openwebui.environment import (
    DATA_FOLDER,
    REDIRECT_URIS,
    VECTOR_DATABASE_ADDRESSES,
)

_WIDTH = 100
_MAX_NAMES = 12
_MAX_ITEMS = 40
_REINDEX = "Admin Panel, Settings, Documents, Reindex Knowledge Base Vectors"
"""https://github.com/open-webui/open-webui/blob/v0.12.4/src/lib/components/admin/Settings/Documents.svelte"""


def report(running: RunningService, assembled: Assembled, validate: str, file: str = "") -> str:
    """Return the report. `validate` is the command that lists the open values, and `file` the source file."""
    draft = assembled.proposal.draft
    sections = []
    if running.container.image or running.service:
        found = sum(entry.is_found for entry in draft.entries.values())
        sections.append(_section(f"Found: {plural(found, 'value')} of {running.title}", _found(assembled)))
    confirm = [(_name(path), entry.comment) for path, entry in draft.entries.items() if entry.mark == "CONFIRM"]
    topics = draft.open_topics
    unread = dict.fromkeys((*running.gaps.values(), *running.container.unread))
    open_title = f"Open: {plural(len(topics), 'value')}; `{validate}` names them until each is replaced"
    sections += [
        _open(open_title, topics.values()),
        _section(f"To confirm: {plural(len(confirm), 'value')}", confirm),
        _plain_secrets(assembled, file),
        _section("Left out of the spec", _left_out(assembled)),
        _section("Not part of the spec", ((each, "") for each in (*running.left_behind, *_beside(running)))),
        _section("Not read", ((each, "") for each in unread)),
        _section("Changes for users", _changes(running, assembled)),
        _broken(assembled),
    ]
    remaining = [(f"{each.path} [{each.code}]", f"{each.message}; {each.hint}") for each in assembled.checked.errors]
    sections.append(_section("To correct by hand: the rules refuse these values", remaining))
    return mask_secrets("\n".join(filter(None, sections)))


def _section(title: str, items: Iterable[tuple[str, str]]) -> str:
    """Return a title and its items; "" if there are none."""
    items = list(items)
    if not items:
        return ""
    lines = [title]
    for name, text in items[:_MAX_ITEMS]:
        lines += _wrap(name, 2)
        lines += _wrap(text, 4) if text else []
    if len(items) > _MAX_ITEMS:
        lines.append(f"  and {len(items) - _MAX_ITEMS} more, in the comments of the spec")
    return "\n".join(lines) + "\n"


def _wrap(text: str, indent: int) -> list[str]:
    """Return a text as lines. Commands, in backticks, may be longer than a line, so that they can be pasted."""
    line = " ".join(text.split())
    if "`" in line:
        return [" " * indent + line]
    lines = textwrap.wrap(line, _WIDTH - indent, break_long_words=False, break_on_hyphens=False)  # an ARN stays whole
    return textwrap.indent("\n".join(lines), " " * indent).splitlines()


def _name(path: tuple[object, ...]) -> str:
    return ".".join(map(str, path))


def _open(title: str, entries: Iterable[Entry]) -> str:
    """Return the placeholders, each with its question and the command that creates the missing resource."""
    lines = [title]
    for entry in entries:
        command = [f"    {entry.command}"] if entry.command else []
        lines += [f"  {entry.topic}", *_wrap(entry.comment, 4), *command]
    return "\n".join(lines) + "\n" if len(lines) > 1 else ""


def _found(assembled: Assembled) -> Iterator[tuple[str, str]]:
    sections: dict[str, dict[str, int]] = {}
    for path, entry in assembled.proposal.draft.entries.items():
        if entry.is_found and len(path) > 1:
            names = sections.setdefault(str(path[0]), {})
            names[str(path[1])] = names.get(str(path[1]), 0) + 1
    for section, names in sections.items():
        counted = [f"{name} ({number})" if number > 1 else name for name, number in names.items()]
        yield f"{section}: {', '.join(counted)}", ""


def _plain_secrets(assembled: Assembled, file: str) -> str:
    """Return the secrets that are plain text today, each with the command that stores it."""
    commands = assembled.proposal.commands
    names = [each.name for each in assembled.proposal.variables if each.is_plain_secret and each.name in commands]
    if not names:
        return ""
    lines = [f"Secrets in plain text: {len(names)}. Their values are neither written nor printed"]
    if file:
        lines.append(f"  {file} contains them: do not commit it")
    return "\n".join((*lines, *_wrap(", ".join(names), 2), ""))


def _left_out(assembled: Assembled) -> Iterator[tuple[str, str]]:
    reasons: dict[str, list[str]] = {}
    for planned in assembled.proposal.variables:
        if planned.fate == "left out":
            reasons.setdefault(planned.reason, []).append(planned.name)
    for key, reason in assembled.proposal.draft.left_out.items():
        reasons.setdefault(reason, []).append(key)
    for reason, names in reasons.items():
        yield and_more(names, _MAX_NAMES), reason


def _beside(running: RunningService) -> Iterator[str]:
    """Yield the values that a person may add to the spec."""
    for key, purpose in running.other_keys.items():
        yield f"the KMS key of {purpose}, {key}: existing.kms_key_arn, if its policy lets CloudWatch use it"
    if running.inline_policies:
        names = and_more(running.inline_policies, _MAX_NAMES)
        yield f"inline policies of the task role ({names}): write a managed policy, for service.task_policy_arns"


def _changes(running: RunningService, assembled: Assembled) -> Iterator[tuple[str, str]]:
    if not running.container.image:
        return
    yield from _address_changes(running, assembled)
    yield from _sign_in_changes(running)
    yield from _file_changes(running)
    container = running.container
    names = {*container.environment, *container.secrets, *container.unset}
    if not names & {"DATABASE_URL", "DATABASE_HOST"} and not container.unread:
        text = (
            "It has no DATABASE_URL: chats are in SQLite, which only one task may use. Move them to PostgreSQL first."
        )
        yield "Database", text
    vector = container.environment.get("VECTOR_DB", "chroma")
    addresses = VECTOR_DATABASE_ADDRESSES.get(vector, ())
    if addresses and not names.intersection(addresses):
        text = (
            f"Knowledge is in {vector} inside the task, which several tasks cannot share. pgvector is empty until an "
        )
        text += f"administrator indexes it again ({_REINDEX})."
        yield "Vector store", text
    else:
        yield "Vector store", f"None: {vector} stays."


def _address_changes(running: RunningService, assembled: Assembled) -> Iterator[tuple[str, str]]:
    balancer = running.load_balancer
    if "app.public_url" in assembled.proposal.draft.open_topics:
        yield "Public URL", "It is open: until it is known, sign-in by an identity provider cannot work."
    else:
        yield "Public URL", "It stays. At the switch, its DNS name or the proxy has to lead to the new load balancer."
    if balancer and not balancer.is_internal:
        yield (
            "Network",
            "The load balancer is on the internet today. The new one is internal: users need a VPN or a proxy.",
        )
    if running.is_discovered_by_name:
        text = f"They find it as {running.is_discovered_by_name} in Cloud Map. The new service is not there: give them "
        yield "Other services", f"{text}the address of the load balancer."


def _sign_in_changes(running: RunningService) -> Iterator[tuple[str, str]]:
    container = running.container
    key = "WEBUI_SECRET_KEY"
    if key in container.secrets or container.environment.get(key) or key in container.unset:
        yield "Sign-in", "Users stay signed in, because both services have the same WEBUI_SECRET_KEY."
    else:
        yield (
            "Sign-in",
            "It has no WEBUI_SECRET_KEY: each container creates its own. At the switch, all users sign in once again.",
        )
    names = {*container.environment, *container.secrets, *container.unset}
    providers = [provider for provider, client in REDIRECT_URIS.values() if client in names]
    if providers:
        paths = ", ".join(f"/oauth/{provider}/callback" for provider in providers)
        yield "Identity provider", f"It must accept the redirect URI: the public URL with {paths}."


def _file_changes(running: RunningService) -> Iterator[tuple[str, str]]:
    volume, folder = running.volume, running.container.environment.get("DATA_DIR", DATA_FOLDER)
    storage = running.container.environment.get("STORAGE_PROVIDER", "local")
    if storage not in {"", "local"}:
        yield "Files", f"Uploads stay in {storage} (STORAGE_PROVIDER). Other files in {DATA_FOLDER} are on EFS."
    elif volume is None:
        yield "Files", f"No volume is at {DATA_FOLDER}: uploads are lost with each task. The new tasks share EFS."
    elif not volume.file_system:
        yield "Files", f"Uploads are on {volume.kind}. Copy them to EFS before the switch."
    elif volume.path.rstrip("/") != DATA_FOLDER or folder.rstrip("/") != DATA_FOLDER:
        yield (
            "Files",
            f"They are at {volume.path} today, and at {DATA_FOLDER} in the new tasks: paths in settings differ.",
        )
    else:
        yield "Files", f"None: {volume.file_system} stays at {DATA_FOLDER}."


def _broken(assembled: Assembled) -> str:
    """Return the rules that the service breaks, each once, with the keys that break it."""
    by_code: dict[str, list[BrokenRule]] = {}
    for each in assembled.broken:
        by_code.setdefault(each.diagnostic.code, []).append(each)
    lines = []
    for code, broken in list(by_code.items())[:_MAX_ITEMS]:
        first = broken[0].diagnostic
        lines += _wrap(f"{code} {first.path}: {first.message}", 2)
        if others := [each.diagnostic.path for each in broken[1:]]:
            lines += _wrap(f"also {and_more(others, _MAX_NAMES)}", 4)
        lines += _wrap(broken[0].why, 4) if broken[0].why else []
    title = f"Rules that the service breaks today: {len(by_code)}, each with the reason why it matters"
    return "\n".join((title, *lines, "")) if lines else ""

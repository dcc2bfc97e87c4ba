"""What users of open pages lose while processes are replaced; docs/openwebui-measured.md has the table.

`make test-browsers ARGS="-s"` prints what was observed.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from tests.openwebui import browser as browsers
from tests.openwebui.browser import Browser
from tests.openwebui.client import Client
from tests.openwebui.open_pages import Answer, Click, Fate, OpenPages
from tests.openwebui.programs import wait_for
from tests.openwebui.stack import Process, Stack

pytestmark = pytest.mark.browsers

NEWEST, NEIGHBOUR, EARLIER = "0.12.4", "0.12.3", "0.11.4"
_DRAIN_SECONDS = 40
_DOWN_SECONDS = 60
_PIECES_ON_THE_WAY = 20
"""Of an answer whose process ends."""

Environment = Mapping[str, str | None]


@dataclass
class Service:
    """Processes on one database, with the schema of the newest release."""

    stack: Stack
    client: Client
    pairs: dict[str, list[Process]] = field(default_factory=dict)
    count: int = 0

    def start(self, release: str, environment: Environment | None = None) -> list[Process]:
        """Start two processes of a release, or take those that an earlier test left; they share one processor."""
        if environment is None and release in self.pairs:
            return self.pairs.pop(release)
        self.count += 1
        names = [f"p{self.count}a", f"p{self.count}b"]
        pair = [self.stack.start(name, release, environment, should_wait=False) for name in names]
        for process in pair:
            process.wait_until_healthy()
        return pair

    def leave(self, pair: list[Process]) -> None:
        """Leave two processes for the next test."""
        for process in self.pairs.pop(pair[0].release, []):
            self.stack.stop(process)
        self.pairs[pair[0].release] = pair


@pytest.fixture(scope="module")
def service(stack: Stack) -> Service:
    browsers.require()
    # 0.12.0 added a stamp to accounts and sessions. An account of an earlier release has none: its sessions stay valid.
    stack.create_schema(EARLIER)
    process = stack.start("migration", NEWEST, {"ENABLE_DB_MIGRATIONS": "true"})
    client = browsers.prepare_account(process.url)
    stack.stop(process)
    return Service(stack, client)


@dataclass
class Outcome:
    """What users of the open pages saw; loads by page, in seconds after its process ended or its successor answered."""

    fates: dict[str, Fate]
    queued: str
    answers: dict[str, Answer]
    clicks: dict[str, Click]
    loads: list[dict[str, list[int]]]
    notes: list[str] = field(default_factory=list)

    def lost(self) -> set[str]:
        """Return what was lost."""
        return {name for name, fate in self.fates.items() if fate == "lost"}

    def loads_of(self, page: str) -> int:
        """Return how often a page was loaded by itself."""
        return sum(len(loads[page]) for loads in self.loads)

    def __str__(self) -> str:
        lines = [f"kept: {', '.join(sorted(set(self.fates) - self.lost()))}", f"lost: {', '.join(sorted(self.lost()))}"]
        lines += [f"queued message: {self.queued}"]
        lines += [f"{name}: {answer}" for name, answer in self.answers.items()]
        lines += [f"{name}: {click}" for name, click in self.clicks.items()]
        lines += [f"loads: {', '.join(f'{name} {times}' for name, times in loads.items())}" for loads in self.loads]
        return "".join(f"  {line}\n" for line in lines + self.notes)


def _prepared(browser: Browser, client: Client) -> OpenPages:
    browser.sign_in()
    pages = OpenPages(browser, client)
    pages.prepare()
    pages.start_answers()
    assert pages.fates() == dict.fromkeys(pages.fates(), "kept")
    assert pages.queued() == "waits"
    return pages


def _outcome(
    pages: OpenPages, clicks: dict[str, Click], loads: list[dict[str, list[int]]], notes: list[str]
) -> Outcome:
    asked = [name for name in ("short answer", "long answer", "question while tasks drain") if name in pages.chats]
    answers: dict[str, Answer] = {name: pages.answer(name) for name in asked}
    outcome = Outcome(pages.fates(), pages.queued(), answers, clicks, loads, notes)
    for name, page in pages.pages.items():
        outcome.notes += [f"{name}: a dialog asks before the page is left" for _ in page.dialogs]
    if answers["long answer"].is_running:
        pages.stop_answer("long answer")
        outcome.notes.append(f"long answer, after its stop button: {pages.answer('long answer')}")
    return outcome


def _roll(service: Service, old: list[Process], new: list[Process], *, is_at_once: bool) -> Outcome:
    """Replace two processes: new ones answer, old ones get no more requests, drain and end."""
    proxy = service.stack.start_proxy([*old, *new])
    for process in new:
        proxy.set_state(process, "maint")
    with browsers.running(proxy.tls_port) as browser:
        pages = _prepared(browser, Client(new[0].url, service.client.token))
        first = [process for process in old if process.name == browser.task]
        steps = [old] if is_at_once else [first, [process for process in old if process not in first]]
        successors, loads, clicks, notes = iter(new), [], {}, list[str]()
        for step in steps:
            for _ in step:
                proxy.set_state(next(successors), "ready")
            browser.wait(4)  # until the checks of the proxy have passed
            for process in step:
                proxy.set_state(process, "maint")
            drained = time.monotonic()
            if step is steps[0]:
                clicks["click while tasks drain"] = pages.click("click while tasks drain", "/workspace")
                shown = pages.ask_while_tasks_drain()
                notes = [f"question while tasks drain: {shown} of 20 pieces shown before the end of the old processes"]
            browser.wait(_DRAIN_SECONDS - (time.monotonic() - drained))
            before = time.time()
            for process in step:
                service.stack.stop(process)
            pages.settle()
            loads.append(pages.loads_since(before))
        clicks["click afterwards"] = pages.click("click afterwards", "/notes")
        outcome = _outcome(pages, clicks, loads, notes)
    service.leave(new)
    return outcome


def _stop(service: Service, old: list[Process], new: list[Process]) -> Outcome:
    """Stop all processes as ECS does: they get no more requests, drain and end. A minute later, new ones answer."""
    proxy = service.stack.start_proxy([*old, *new])
    for process in new:
        proxy.set_state(process, "maint")
    with browsers.running(proxy.tls_port) as browser:
        pages = _prepared(browser, Client(new[0].url, service.client.token))
        for process in old:
            proxy.set_state(process, "maint")
        browser.wait(_DRAIN_SECONDS)
        stopped = time.monotonic()
        for process in old:
            service.stack.stop(process)
        browser.wait(10)
        notes = [f"10 s after the end, {pages.count('Connection lost')} of {len(pages.pages)} pages show a warning"]
        clicks = {"click while tasks drain": pages.click("click while tasks drain", "/workspace")}
        browser.wait(_DOWN_SECONDS - (time.monotonic() - stopped))
        before = time.time()
        for process in new:
            proxy.set_state(process, "ready")
        pages.settle()
        loads = [pages.loads_since(before)]
        clicks["click afterwards"] = pages.click("click afterwards", "/notes")
        outcome = _outcome(pages, clicks, loads, notes)
    service.leave(new)
    return outcome


_LOST_BY_A_RELOAD = {"text over 5,000 characters", "edited message", "temporary chat", "form"}


def _assert_answers(outcome: Outcome) -> None:
    short, long = outcome.answers["short answer"], outcome.answers["long answer"]
    assert (short.shown, short.saved, short.is_done) == (150, 150, True)  # it ended while the process drained
    assert 0 < long.saved < 3000  # the end of its process cut it
    assert abs(long.shown - long.saved) <= _PIECES_ON_THE_WAY


def test_rolling_replacement_by_the_same_release(service: Service) -> None:
    outcome = _roll(service, service.start(NEIGHBOUR), service.start(NEIGHBOUR, {}), is_at_once=True)
    print(f"\nroll at once, {NEIGHBOUR} to {NEIGHBOUR}\n{outcome}")
    assert not any(outcome.loads_of(page) for page in outcome.loads[0])
    assert outcome.lost() <= {"edited message"}  # it was lost once though its page was not reloaded
    _assert_answers(outcome)


@pytest.mark.parametrize("is_at_once", [False, True], ids=["one after the other", "at once"])
@pytest.mark.parametrize("release", [NEIGHBOUR, EARLIER])
def test_rolling_replacement_by_another_release(service: Service, release: str, is_at_once: bool) -> None:
    outcome = _roll(service, service.start(release), service.start(NEWEST, {}), is_at_once=is_at_once)
    print(f"\nroll {'at once' if is_at_once else 'one after the other'}, {release} to {NEWEST}\n{outcome}")
    clicked = outcome.clicks["click while tasks drain"]  # the missing code loads the page of the new release
    loads = {page: outcome.loads_of(page) for page in outcome.loads[0]}
    loads["click while tasks drain"] += clicked.loads
    assert loads == dict.fromkeys(loads, 1)
    assert outcome.lost() == _LOST_BY_A_RELOAD
    assert outcome.queued == "lost"
    assert clicked.path.startswith("/workspace")
    assert outcome.clicks["click afterwards"].is_shown
    _assert_answers(outcome)


def test_stop_and_start_of_the_same_release(service: Service) -> None:
    outcome = _stop(service, service.start(NEWEST), service.start(NEWEST, {}))
    print(f"\nstop, {NEWEST} to {NEWEST}\n{outcome}")
    assert outcome.lost() <= {"edited message"}  # it was lost once though its page was not reloaded
    assert not outcome.clicks["click while tasks drain"].is_shown
    _assert_answers(outcome)


@pytest.mark.parametrize("release", [NEIGHBOUR, EARLIER])
def test_stop_and_start_of_another_release(service: Service, release: str) -> None:
    outcome = _stop(service, service.start(release), service.start(NEWEST, {}))
    print(f"\nstop, {release} to {NEWEST}\n{outcome}")
    assert all(outcome.loads_of(page) == 1 for page in outcome.loads[0] if not page.startswith("click"))
    assert outcome.lost() == _LOST_BY_A_RELOAD
    assert not outcome.clicks["click while tasks drain"].is_shown
    _assert_answers(outcome)


def test_deployment_id_forces_a_reload(service: Service) -> None:
    """Another DEPLOYMENT_ID reloads pages though the release is the same."""
    old, new = service.start(NEWEST), service.start(NEWEST, {"DEPLOYMENT_ID": "2"})
    proxy = service.stack.start_proxy([*old, *new])
    for process in new:
        proxy.set_state(process, "maint")
    with browsers.running(proxy.tls_port) as browser:
        browser.sign_in()
        page = browser.open("/")
        page.write("unsent text")
        for process in new:
            proxy.set_state(process, "ready")
        browser.wait(4)
        for process in old:
            proxy.set_state(process, "maint")
        before = time.time()
        for process in old:
            service.stack.stop(process)
        wait_for(lambda: browser.wait(1) and len(page.loads()) == 2, 60, "the reload")
        print(f"\nDEPLOYMENT_ID: reload {page.loads()[-1] - before:.0f} s after the end of the old processes")
    for process in new:
        service.stack.stop(process)


@pytest.mark.parametrize("is_sticky", [True, False], ids=["sticky", "not sticky"])
def test_pages_while_releases_are_mixed(service: Service, is_sticky: bool) -> None:
    """With the sticky cookie a page stays on one release; without it, it finds parts of both, and reloads again."""
    pairs = [service.start(NEIGHBOUR), service.start(NEWEST)]
    proxy = service.stack.start_proxy([process for pair in pairs for process in pair], is_sticky=is_sticky)
    for process in pairs[1]:
        proxy.set_state(process, "maint")  # without the cookie, not even the page of the sign-in loads from both
    with browsers.running(proxy.tls_port) as browser:
        browser.sign_in()
        for process in pairs[1]:
            proxy.set_state(process, "ready")
        browser.wait(4)
        pages = [browser.open("/") for _ in range(4)]
        browser.wait(60)
        failed = [sum(failure.endswith(".js") for failure in page.failures) for page in pages]
        loads = [len(page.loads()) for page in pages]
        usable = [page.page.locator("#chat-input").count() > 0 for page in pages]
    label = f"mixed releases, {'sticky' if is_sticky else 'not sticky'}"
    print(f"\n{label}: {loads} loads, {failed} failed scripts, usable: {usable}")
    for pair in pairs:
        service.leave(pair)
    if is_sticky:
        assert (loads, failed) == ([1] * 4, [0] * 4)
        assert all(usable)
    else:
        assert sum(failed) > 0

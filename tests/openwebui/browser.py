"""Chromium with pages of Open WebUI, each with something that a user has in it while tasks are replaced.

The pages are at the address of the rendered environment: Open WebUI refuses WebSockets of another origin, and its
cookies require TLS. Chromium resolves the name to the proxy.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from tests.openwebui.client import ADMIN, Client
from tests.openwebui.model_server import FAST

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Dialog, Page, Response

ADDRESS = "https://chat.example.com"
"""The value of `app.public_url` in the spec of the tests."""

PATIENCE_MS = 120_000
"""For one action in a page: other programs use the processors too."""

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_COUNT_LOADS = """
if (window === window.top) {
  sessionStorage.setItem("owscale-loads", `${sessionStorage.getItem("owscale-loads") || ""} ${Date.now()}`);
}
"""


def require() -> None:
    """Skip the test, and name the program, where Chromium or playwright is missing."""
    chromium()
    _playwright()


def chromium() -> str:
    """Return the path of Chromium; without it the tests are skipped."""
    for name in _NAMES:
        if path := shutil.which(name):
            return path
    pytest.skip("chromium is not on PATH: install it, on Debian with `apt-get install chromium`")


def _playwright() -> ModuleType:
    """Return playwright; without it the tests are skipped."""
    module: ModuleType = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: `make test-browsers` installs it"
    )
    return module


@dataclass
class OpenPage:
    """A page of a signed-in user, and the requests in it that failed."""

    page: Page
    failures: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.on("response", self._note)
        self.page.on("dialog", self._accept)

    @property
    def path(self) -> str:
        """The path of its address."""
        return str(self.page.url).removeprefix(ADDRESS)

    def loads(self) -> list[float]:
        """Return when the document was loaded, in seconds since the epoch; a navigation inside the page is none."""
        while True:
            with suppress(_playwright().Error):  # it is just being loaded
                text = self.page.evaluate('sessionStorage.getItem("owscale-loads")')
                return [int(word) / 1000 for word in (text or "").split()]
            self.page.wait_for_timeout(200)

    def go(self, path: str) -> None:
        """Load a path, and wait for it."""
        self.page.goto(f"{ADDRESS}{path}")

    def write(self, text: str) -> None:
        """Type into the message box."""
        box = self.page.locator("#chat-input")
        box.wait_for()
        self.page.wait_for_timeout(2000)  # the page fills the box once more when it has loaded the models
        box.click()
        self.page.keyboard.insert_text(text)
        self.page.wait_for_timeout(1000)  # it is kept half a second later

    def written(self) -> str:
        """Return the text of the message box."""
        box = self.page.locator("#chat-input")
        return box.inner_text().strip() if box.count() else ""

    def ask(self, text: str = "Count") -> None:
        """Send a message, and wait until its answer has begun."""
        self.write(text)
        self.page.keyboard.press("Enter")
        self.page.locator(".chat-assistant").last.wait_for()

    def answer(self) -> str:
        """Return the numbers of the last answer."""
        answers = self.page.locator(".chat-assistant")
        words = answers.last.inner_text() if answers.count() else ""
        return " ".join(re.findall(r"\b\d+\b", words))

    def has(self, text: str) -> bool:
        """Whether a text is visible in the page."""
        return bool(self.page.get_by_text(text).first.is_visible())

    def _note(self, response: Response) -> None:
        if response.status >= 400:
            self.failures.append(f"{response.status} {response.url.removeprefix(ADDRESS)}")

    def _accept(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.accept()


@dataclass
class Browser:
    """A browser with the session of one user: its pages share cookies, and so the task."""

    context: BrowserContext

    @property
    def timeout(self) -> type[Exception]:
        """The error of an action that a page does not let happen in time."""
        error: type[Exception] = _playwright().TimeoutError
        return error

    @property
    def task(self) -> str:
        """The name of the process that the sticky cookie names."""
        [value] = [cookie["value"] for cookie in self.context.cookies() if cookie["name"] == "AWSALB"]
        return str(value)

    def open(self, path: str) -> OpenPage:
        """Open a page."""
        page = OpenPage(self.context.new_page())
        page.go(path)
        return page

    def sign_in(self) -> None:
        """Sign in with the form, and keep the page open."""
        page = self.open("/auth").page
        page.locator("input#email").fill(ADMIN["email"])
        page.locator("input#password").fill(ADMIN["password"])
        page.keyboard.press("Enter")
        page.locator("#chat-input").wait_for()

    def wait(self, seconds: float) -> bool:
        """Let the pages go on for some time. Return True, for conditions."""
        end = time.monotonic() + seconds
        while (remaining := end - time.monotonic()) > 0:
            self.context.pages[0].wait_for_timeout(min(remaining, 1) * 1000)
        return True


@contextmanager
def running(port: int) -> Iterator[Browser]:
    """Run Chromium before the port of a proxy with TLS. It takes its commands through a pipe and listens nowhere."""
    rule = f"MAP {ADDRESS.removeprefix('https://')}:443 127.0.0.1:{port}"
    arguments = [f"--host-resolver-rules={rule}"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")  # Chromium refuses to start as root with it
    with _playwright().sync_playwright() as playwright:
        program = playwright.chromium.launch(executable_path=chromium(), args=arguments)
        try:
            context = program.new_context(ignore_https_errors=True, viewport={"width": 1300, "height": 900})
            context.add_init_script(_COUNT_LOADS)
            yield Browser(context)
        finally:
            with suppress(_playwright().Error):  # Ctrl-C has already ended it
                program.close()


def prepare_account(url: str) -> Client:
    """Sign in and switch off what a new release shows to administrators over the page."""
    client = Client(url).sign_in()
    client.post("/api/v1/users/user/settings/update", {"ui": {"showChangelog": False, "models": [FAST]}})
    return client

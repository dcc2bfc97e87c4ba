"""Pages that are open while processes are replaced, each with something that a user could lose."""

import json
import re
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.openwebui.browser import Browser, OpenPage
from tests.openwebui.client import Client
from tests.openwebui.model_server import FAST, LONG, MEDIUM
from tests.openwebui.programs import wait_for

Fate = Literal["kept", "lost"]

_TEXT, _EDITED, _UNSAVED, _QUEUED = "unsent text", "edited text", "unsaved name", "queued text"
_LONG_TEXT = ("word " * 1200).strip()
_NAME_OF_A_PROMPT = re.compile("^(Prompt )?Name$")  # 0.12.0 renamed it
_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63646028f80f0003030180c628"
    "f7310000000049454e44ae426082"
)
_SETTLE_SECONDS = 90
_CLICK_MS = 30_000


@dataclass(frozen=True)
class Answer:
    """The pieces of an answer in the page and in the database, and whether it is marked as ended in both."""

    shown: int
    saved: int
    is_done: bool
    is_running: bool

    def __str__(self) -> str:
        state = f"{'' if self.is_done else 'not '}marked as done, {'still' if self.is_running else 'not'} running"
        return f"{self.shown} pieces shown, {self.saved} saved, {state}"


@dataclass(frozen=True)
class Click:
    """What a click on a link did: whether the page was shown, how often it was loaded, and the scripts that failed."""

    is_shown: bool
    loads: int
    failed_scripts: int
    path: str
    text: str

    def __str__(self) -> str:
        shown = "shown" if self.is_shown else f"not shown: {self.text!r}"
        return f"{self.path} {shown}, {self.loads} loads, {self.failed_scripts} failed scripts"


@dataclass
class OpenPages:
    """Pages by the thing that is in them."""

    browser: Browser
    client: Client
    pages: dict[str, OpenPage] = field(default_factory=dict)
    chats: dict[str, str] = field(default_factory=dict)

    def prepare(self) -> None:
        """Open the pages whose content stays as it is."""
        self._open("text in a new chat", "/").write(_TEXT)
        self._open("text over 5,000 characters", "/").write(_LONG_TEXT)
        self._open("text in a chat", f"/?models={FAST}").ask()
        self._wait_for_end("text in a chat")
        self.pages["text in a chat"].write(_TEXT)
        page = self._open("edited message", f"/?models={FAST}")
        page.ask()
        self._wait_for_end("edited message")
        page.page.locator(".user-message").first.hover()
        page.page.locator(".edit-user-message-button").first.click()
        page.page.locator("[id^=message-edit-]").fill(_EDITED)
        self._open("temporary chat", f"/?temporary-chat=true&models={FAST}").ask()
        self._open("form", "/workspace/prompts/create").page.get_by_placeholder(_NAME_OF_A_PROMPT).first.fill(_UNSAVED)
        page = self._open("attached file", "/")
        files = page.page.locator("input[type=file]:not(#camera-input)").first
        files.set_input_files({"name": "paper.txt", "mimeType": "text/plain", "buffer": b"some words"})
        page.page.get_by_text("paper.txt").first.wait_for()
        files.set_input_files({"name": "pixel.png", "mimeType": "image/png", "buffer": _PIXEL})
        self.browser.wait(3)
        page.write(_TEXT)
        for name in ("click while tasks drain", "question while tasks drain", "click afterwards"):
            self._open(name, f"/?models={FAST}").page.locator("#chat-input").wait_for()

    def start_answers(self) -> None:
        """Ask for an answer of 15 s and for two of five minutes, and queue a message behind one of those."""
        for name, model in (("long answer", LONG), ("queued message", LONG), ("short answer", MEDIUM)):
            page = self._open(name, f"/?models={model}")
            page.ask()
            self._wait_for_chat(name)
            if name == "queued message":
                page.write(_QUEUED)
                page.page.keyboard.press("Enter")

    def ask_while_tasks_drain(self) -> int:
        """Ask in a page whose process gets no more requests, and return the pieces that it shows after 20 s."""
        name = "question while tasks drain"
        page = self.pages[name]
        page.ask()
        self.browser.wait(20)
        newest = self.client.get("/api/v1/chats/?page=1")[0]["id"]
        self.chats[name] = page.path.partition("/c/")[2] or newest
        return len(page.answer().split())

    def click(self, name: str, link: Literal["/notes", "/workspace"]) -> Click:
        """Click a link to a page whose code is not loaded yet, and wait for the page."""
        page = self.pages[name]
        loads, failures = len(page.loads()), len(page.failures)
        with suppress(self.browser.timeout):  # a page that shows no link is an outcome too
            page.page.locator(f'a[href="{link}"]').locator("visible=true").first.click(timeout=_CLICK_MS)
        self.browser.wait(15)
        failed = [failure for failure in page.failures[failures:] if failure.endswith(".js")]
        box = page.page.get_by_placeholder({"/notes": "Search Notes", "/workspace": "Search Models"}[link])
        text = " ".join(page.page.locator("body").inner_text().split())
        return Click(box.count() > 0, len(page.loads()) - loads, len(failed), page.path, text[-60:])

    def settle(self) -> None:
        """Wait until every page has been loaded again, at the most for some time."""
        self.browser.wait(20)
        end = time.monotonic() + _SETTLE_SECONDS
        while time.monotonic() < end and not all(self._is_loaded(page) for page in self.pages.values()):
            self.browser.wait(1)
        self.browser.wait(8)

    def fates(self) -> dict[str, Fate]:
        """Return what became of the content of each page."""
        pages = self.pages
        edited = pages["edited message"].page.locator("[id^=message-edit-]")
        form = pages["form"].page.get_by_placeholder(_NAME_OF_A_PROMPT).first
        attached = pages["attached file"]
        images = attached.page.locator('img[src*="/api/v1/files/"], img[src^="data:image/png"]')
        is_kept = {
            "text in a new chat": pages["text in a new chat"].written() == _TEXT,
            "text over 5,000 characters": pages["text over 5,000 characters"].written() == _LONG_TEXT,
            "text in a chat": pages["text in a chat"].written() == _TEXT,
            "edited message": edited.count() > 0 and edited.input_value() == _EDITED,
            "temporary chat": pages["temporary chat"].page.locator(".user-message").count() > 0,
            "form": form.count() > 0 and form.input_value() == _UNSAVED,
            "attached file": attached.has("paper.txt"),
            "attached image": images.count() > 0,
            "text beside them": attached.written() == _TEXT,
            "sign-in": not any(page.path.startswith("/auth") for page in pages.values()),
        }
        return {name: "kept" if kept else "lost" for name, kept in is_kept.items()}

    def queued(self) -> Literal["sent", "waits", "lost"]:
        """Return what became of the queued message."""
        if _QUEUED in json.dumps(self._history("queued message")):
            return "sent"
        return "waits" if self.pages["queued message"].has(_QUEUED) else "lost"

    def answer(self, name: str) -> Answer:
        """Return what became of an answer."""
        page = self.pages[name]
        messages = self._history(name)["messages"].values()
        message = next(message for message in reversed(messages) if message["role"] == "assistant")
        parts = [part.get("text", "") for item in message.get("output") or [] for part in item.get("content") or []]
        saved = max(len((message.get("content") or "").split()), len("".join(parts).split()))
        is_running = page.page.get_by_role("button", name="Stop").count() > 0
        return Answer(len(page.answer().split()), saved, bool(message.get("done")), is_running)

    def loads_since(self, since: float) -> dict[str, list[int]]:
        """Return when each page was loaded after a time, in seconds."""
        return {
            name: [round(load - since) for load in page.loads() if load > since] for name, page in self.pages.items()
        }

    def stop_answer(self, name: str) -> None:
        """Press the button that stops an answer."""
        self.pages[name].page.get_by_role("button", name="Stop").last.click()
        self.browser.wait(5)

    def count(self, text: str) -> int:
        """Return in how many pages a text is visible."""
        return sum(page.has(text) for page in self.pages.values())

    def _open(self, name: str, path: str) -> OpenPage:
        self.pages[name] = self.browser.open(path)
        return self.pages[name]

    def _history(self, name: str) -> dict[str, Any]:
        history: dict[str, Any] = self.client.get(f"/api/v1/chats/{self.chats[name]}")["chat"]["history"]
        return history

    def _wait_for_chat(self, name: str) -> None:
        """Wait until an answer has begun and its chat has a path."""
        page = self.pages[name]
        wait_for(lambda: bool(self._answer_so_far(page)) and "/c/" in page.path, 120, "the answer")
        self.chats[name] = page.path.partition("/c/")[2]

    def _wait_for_end(self, name: str) -> None:
        """Wait for the end of an answer, and of the title that follows it."""
        page = self.pages[name]
        wait_for(lambda: self._answer_so_far(page).endswith("19"), 120, "the end of the answer")
        page.page.get_by_role("button", name="Stop").wait_for(state="hidden")
        self.browser.wait(2)

    def _answer_so_far(self, page: OpenPage) -> str:
        self.browser.wait(0.3)
        return page.answer()

    @staticmethod
    def _is_loaded(page: OpenPage) -> bool:
        return page.path.startswith("/workspace") or page.page.locator("#chat-input").count() > 0

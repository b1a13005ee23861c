"""A real browser, as far as the tests need one."""

from collections.abc import AsyncIterator
import contextlib
from datetime import datetime
import os
from pathlib import Path
import shutil
import time
from typing import Any, Final

from playwright.async_api import (
    Browser as Chromium,
    ConsoleMessage,
    Error,
    Page,
    TimeoutError,  # noqa: A004
    async_playwright,
)

from demo.moment import PARIS

OUTPUT: Final = Path(__file__).parent / "output"
"""Pictures, for people; not kept by git."""
_NAMES: Final = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
_TIMEOUT_MS: Final = 45_000
# the page reaches into the shadow of every element, as the eye does
_ALL_TEXT: Final = """
(root) => {
  const parts = [];
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) { parts.push(node.textContent); return; }
    if (node.nodeType === Node.ELEMENT_NODE) {
      if (["STYLE", "SCRIPT"].includes(node.tagName)) return;
      if (node.tagName === "SLOT") {
        node.assignedNodes({ flatten: true }).forEach(walk); return;
      }
      if (node.checkVisibility && !node.checkVisibility()
          && getComputedStyle(node).display !== "contents") return;
    }
    (node.shadowRoot ?? node).childNodes.forEach(walk);
  };
  walk(document.body);
  return parts.join(" ").replace(/\\s+/g, " ");
}
"""
_STATE: Final = """
(id) => document.querySelector("home-assistant").hass.states[id]?.state
"""

_AHEAD: Final = """
globalThis.Date = class extends Date {
  constructor(...parts) {
    super(...(parts.length ? parts : [Date.now()]));
  }
  static now() {
    return super.now() + AHEAD;
  }
};
"""


class Browser:
    """One page, and what went wrong on it."""

    def __init__(self, page: Page) -> None:
        """Listen for errors."""
        self.page = page
        self.errors: list[str] = []
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.errors.append(f"uncaught: {error}"))

    async def live_at(self, at: str) -> None:
        """Let pages live on a simulated home's clock, legal time, ISO.

        Graphs would go from one clock to the other. Their timers are left as they are:
        pages draw themselves by them.
        """
        now = datetime.fromisoformat(at).replace(tzinfo=PARIS)
        ahead = round((now.timestamp() - time.time()) * 1000)
        await self.page.add_init_script(_AHEAD.replace("AHEAD", str(ahead)))

    async def open(self, url: str) -> None:
        """Open a page of Home Assistant and wait until it is connected."""
        try:
            await self.page.goto(url)
        except Error as error:
            # what was clicked before made the page leave for another one meanwhile
            if "ERR_ABORTED" not in str(error):
                raise
            await self.page.goto(url)
        await self.page.wait_for_selector("#ha-launch-screen", state="detached")
        await self.page.wait_for_function(
            "document.querySelector('home-assistant')?.hass?.connected === true"
        )

    async def text(self) -> str:
        """Return all that can be read on the page."""
        return str(await self.page.evaluate(_ALL_TEXT, None))

    async def wait_for_text(self, text: str) -> None:
        """Wait until a text can be read on the page."""
        try:
            await self.page.wait_for_function(
                f"(text) => ({_ALL_TEXT})().includes(text)", arg=text
            )
        except TimeoutError as error:
            await self.picture("failed")
            raise AssertionError(
                f"{text!r} is not to be read; what is: {await self.text()};"
                f" the console: {self.errors}"
            ) from error

    async def state(self, entity_id: str) -> str:
        """Return a state as the page knows it."""
        return str(await self.page.evaluate(_STATE, entity_id))

    async def fill(self, selector: str, text: str) -> None:
        """Type into a field that may be drawn anew while one types."""
        field = self.page.locator(selector)
        for _ in range(20):
            await field.fill(text)
            await self.page.wait_for_timeout(300)
            if await field.input_value() == text:
                return
        raise AssertionError(f"{text!r} does not stay in {selector}")

    async def picture(self, name: str) -> None:
        """Keep how it looks."""
        OUTPUT.mkdir(exist_ok=True)
        await self.page.screenshot(path=OUTPUT / f"{name}.png")

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            place: Any = message.location
            self.errors.append(f"{message.text} ({place.get('url')})")


@contextlib.asynccontextmanager
async def chromium() -> AsyncIterator[Chromium]:
    """Start the browser of the machine."""
    program = os.environ.get("CHROMIUM") or next(
        filter(None, map(shutil.which, _NAMES))
    )
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=program,
            # it may run as root in a container, without a graphics card
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        )
        try:
            yield browser
        finally:
            await browser.close()


@contextlib.asynccontextmanager
async def open_browser(
    language: str, *, width: int = 1280, height: int = 900, dark: bool = False
) -> AsyncIterator[Browser]:
    """Open a page in the browser of the machine."""
    async with chromium() as browser:
        context = await browser.new_context(
            locale=language,
            timezone_id=PARIS.key,
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            service_workers="block",
        )
        context.set_default_timeout(_TIMEOUT_MS)
        yield Browser(await context.new_page())

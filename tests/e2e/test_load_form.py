"""The form of a load, walked through in a real browser, in French and in English."""

from collections.abc import AsyncIterator
import contextlib
import json
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio

from demo.clock import find_library

from .browser import Browser, open_browser
from .instance import DOMAIN, until
from .simulated import SimulatedDay

pytestmark = [
    pytest.mark.own_home,
    pytest.mark.skipif(find_library() is None, reason="no libfaketime"),
]

_TRANSLATIONS: Final = (
    Path(__file__).parents[2] / "custom_components" / DOMAIN / "translations"
)
_PAGE: Final = f"/config/integrations/integration/{DOMAIN}"
_ICONS: Final = "/api/brands/"
_HEATER: Final = "switch.virtual_heater_kitchen"
_WORDS: Final = {
    "en": {
        "submit": "Submit",
        "another": "Add entity",
        "delete": "Delete",
        "freezer": "Freezer",
        "sockets": ("Socket one", "Socket two"),
    },
    "fr": {
        "submit": "Valider",
        "another": "Ajouter une entité",
        "delete": "Supprimer",
        "freezer": "Congélateur",
        "sockets": ("Prise une", "Prise deux"),
    },
}
"""Those of Home Assistant itself, and of what the household has."""


class Form:
    """The form that adds or changes a load, as a person sees it."""

    def __init__(self, browser: Browser, home: SimulatedDay, language: str) -> None:
        """Take the words of a language."""
        file = _TRANSLATIONS / f"{language}.json"
        self.words: dict[str, Any] = json.loads(file.read_text("utf-8"))[
            "config_subentries"
        ]["load"]
        self.ha: dict[str, Any] = _WORDS[language]
        self.browser = browser
        self.language = language
        self.dialog = browser.page.locator("dialog-data-entry-flow")
        self._home = home

    async def open(self) -> None:
        """Go to the page of the integration, and ask for another load."""
        await self.look_at_all()
        await self.browser.page.get_by_role(
            "button", name=self.words["initiate_flow"]["user"], exact=True
        ).click()
        await self.is_at("user")

    async def look_at_all(self) -> None:
        """Go to the page of the integration."""
        await self.browser.open(self._home.url + _PAGE)

    async def is_at(self, step: str) -> None:
        """Wait for a step."""
        await self.browser.wait_for_text(self.words["step"][step]["title"])

    async def choose(self, *entities: str) -> None:
        """Choose what is controlled."""
        page = self.browser.page
        selector = self.dialog.locator("ha-selector-entity").first
        for place, entity in enumerate(entities):
            if place:
                await selector.get_by_role("button", name=self.ha["another"]).click()
            else:
                await selector.locator("ha-picker-field").first.click()
            search = page.locator("ha-picker-combo-box input").last
            await search.fill(entity)
            await page.wait_for_timeout(1200)
            await search.press("Enter")
            await search.wait_for(state="hidden")

    async def submit(self) -> None:
        """Go on to the next step."""
        await self.dialog.get_by_role("button", name=self.ha["submit"]).click()

    async def picture(self, name: str) -> None:
        """Keep how it looks."""
        await self.browser.page.wait_for_timeout(500)
        await self.browser.picture(f"load-{name}-{self.language}")


@contextlib.asynccontextmanager
async def _walk(home: SimulatedDay, language: str) -> AsyncIterator[Form]:
    await home.user.ask("config/core/update", language=language)
    async with open_browser(language, height=1100) as browser:
        yield Form(browser, home, language)
        assert not [error for error in browser.errors if _ICONS not in error]


@pytest_asyncio.fixture(loop_scope="session", params=["fr", "en"])
async def form(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[tuple[Form, SimulatedDay]]:
    """Give the form in a home that has a freezer and a strip of sockets."""
    language = request.param
    home = SimulatedDay(tmp_path / "config", "blue-day", language=language)
    try:
        await home.start()
        words: dict[str, Any] = _WORDS[language]
        for name in (words["freezer"], *words["sockets"]):
            await home.user.ask("input_boolean/create", name=name)
        async with _walk(home, language) as walk:
            yield walk, home
    finally:
        await home.stop()


async def _loads(home: SimulatedDay) -> list[str]:
    found = await home.user.ask(
        "config_entries/subentries/list", entry_id=home.entry_id
    )
    return sorted(subentry["title"] for subentry in found)


async def test_a_household_adds_changes_and_removes(
    form: tuple[Form, SimulatedDay],
) -> None:
    walk, home = form
    steps = walk.words["step"]

    # three steps and a trial
    await walk.open()
    await walk.picture("what")
    await walk.choose(_HEATER)
    await walk.submit()
    await walk.is_at("how")
    await walk.picture("how")
    await walk.submit()
    await walk.is_at("when")
    await walk.picture("when")
    await walk.submit()
    await walk.is_at("ready")
    await walk.picture("ready")
    await walk.dialog.get_by_text(
        steps["ready"]["menu_options"]["try_it"], exact=True
    ).click()
    start, _, _ = (
        walk.words["progress"]["try_it"].partition("{entity}")[2].partition("…")
    )
    await walk.browser.wait_for_text(start.strip())
    await walk.picture("trying")
    await walk.is_at("tried_works")
    await walk.picture("tried")
    await walk.submit()
    await until(lambda: _loads(home), 20, "a load")
    (heater,) = await _loads(home)

    # what is controlled already cannot be again, and this is said
    await walk.open()
    await walk.choose(_HEATER)
    await walk.submit()
    said = walk.words["error"]["already_a_load"].partition("{entity}")[2].strip()
    await walk.browser.wait_for_text(said)
    await walk.picture("twice")

    # a freezer is warned of
    await walk.open()
    await walk.choose(walk.ha["freezer"])
    await walk.submit()
    await walk.is_at("careful")
    await walk.picture("careful")

    # the sockets of a strip at once, without a trial
    await walk.open()
    await walk.choose(*walk.ha["sockets"])
    await walk.picture("sockets")
    await walk.submit()
    for step in ("how", "when"):
        await walk.is_at(step)
        await walk.submit()
    await until(lambda: _loads(home), 20, "three loads", lambda all_: len(all_) == 3)
    assert await _loads(home) == sorted([heater, *walk.ha["sockets"]])

    # one of them gets another name
    page = walk.browser.page
    socket, other = walk.ha["sockets"]
    await walk.look_at_all()
    await walk.browser.wait_for_text(socket)
    await walk.picture("all")
    row = page.locator("ha-config-sub-entry-row").filter(has_text=socket)
    await row.locator("ha-icon-button").nth(1).click()
    await walk.is_at("reconfigure")
    await walk.dialog.locator("ha-selector-text input").fill("Aquarium")
    await walk.picture("change")
    await walk.submit()
    for step in ("how", "when"):
        await walk.is_at(step)
        await walk.submit()
    await walk.is_at("ready")
    await walk.dialog.get_by_text(
        steps["ready"]["menu_options"]["finish"], exact=True
    ).click()
    await until(
        lambda: _loads(home), 20, "another name", lambda all_: "Aquarium" in all_
    )

    # and the other one is removed
    await walk.look_at_all()
    await walk.browser.wait_for_text("Aquarium")
    row = page.locator("ha-config-sub-entry-row").filter(has_text=other)
    await row.locator("ha-icon-button").nth(2).click()
    await page.locator("ha-dropdown-item[value=delete]:visible").click()
    await walk.picture("remove")
    await (
        page.locator("ha-dialog, dialog-box")
        .get_by_role("button", name=walk.ha["delete"])
        .last.click()
    )
    await until(lambda: _loads(home), 20, "two loads", lambda all_: other not in all_)
    assert await _loads(home) == sorted([heater, "Aquarium"])

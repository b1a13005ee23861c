"""The first day of somebody who reads French: from nothing to a regulated home.

Everything is clicked together in a real browser; then a white day's shedding is
cancelled, the tank is forced for an hour and the order of the appliances changed on the
page, with the keyboard where that is simpler.
"""

from collections.abc import AsyncIterator
import contextlib
from typing import Any, Final, override

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Locator, Page
import pytest
import pytest_asyncio

from demo import furnish, loads
from demo.client import RefusedError
from demo.clock import find_library

from .browser import Browser, open_browser
from .instance import DOMAIN, until
from .loads import arm_all, ours, states
from .simulated import SimulatedDay

pytestmark = [
    pytest.mark.own_home,
    pytest.mark.skipif(find_library() is None, reason="no libfaketime"),
]

_ADD: Final = f"/config/integrations/dashboard/add?domain={DOMAIN}"
_HEATER: Final = "Radiateur de la salle de bains (simulé)"
_TANK: Final = "Chauffe-eau (simulé)"
_IN_THE_PEAK: Final = "2027-01-12T06:05"
_LATER: Final = "2027-01-12T06:20"
"""Within the hour that the tank is forced for."""
_SPEED: Final = 60.0
"""A busy machine obeys no order in time on a faster clock."""
_FROM_THE_NETWORK: Final = ("/api/brands/", "https://demo.home-assistant.io/")
"""Icons of other integrations, and pictures of Home Assistant's own cards."""
_SERIOUS: Final = frozenset({"serious", "critical"})


class EmptyHome(SimulatedDay):
    """A home in which nothing of ours is set up."""

    @override
    async def _add_meter(self) -> str:
        return ""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def home(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[EmptyHome]:
    """Give a home before a white day."""
    path = tmp_path_factory.mktemp("newcomer") / "config"
    home = EmptyHome(path, "white-day", language="fr")
    try:
        await home.start()
        await furnish.set_language(home.user, "fr")
        yield home
    finally:
        await home.stop()


async def test_from_nothing_to_a_dashboard(home: EmptyHome) -> None:
    async with open_browser("fr") as browser:
        await browser.live_at(home.scenario.start)
        await _add_meter(browser, home)
        await _add_grid(browser, home)
        await _add_heater(browser, home)
        await _add_dashboard(browser, home)
        _check_errors(browser)


async def test_the_page_in_a_white_peak(home: EmptyHome) -> None:
    (entry,) = [e for e in await home.user.entries() if e["supported_subentry_types"]]
    tank = next(load for load in loads.LOADS if load.behaviour == "tank")
    what = {"entity": [tank.entity], "behaviour": tank.behaviour}
    await loads.add_load(home.user, entry["entry_id"], what, tank.how, tank.when)
    await arm_all(home)
    await home.run_until(_IN_THE_PEAK, _SPEED)
    url = f"{home.url}/{await _dashboard(home)}"

    async with open_browser("fr", width=412, height=1600) as browser:
        await browser.live_at(_IN_THE_PEAK)
        await browser.open(url)
        card = browser.page.locator("linky-pilote-card")
        await browser.wait_for_text("Chauffer quand même")
        await browser.picture("newcomer-shed")
        await card.get_by_role("button", name="Chauffer quand même").click()
        await browser.wait_for_text("Reprendre le délestage")
        await _expect(home, "house_shedding_cancelled", "on")

        await _button(card, _TANK, "Forcer 1 h").click()
        await _button(card, _TANK, "Rendre la main").wait_for()
        await _expect(home, "load_mode", "forced", _TANK)

        # by the keyboard alone, as who has no mouse does
        names = card.locator("li .name span:first-child")
        assert await names.all_inner_texts() == [_HEATER, _TANK]
        await _button(card, _TANK, "Monter").focus()
        await browser.page.keyboard.press("Enter")
        await browser.page.wait_for_function(_FIRST, arg=_TANK)
        assert await names.all_inner_texts() == [_TANK, _HEATER]
        await _expect(home, "load_group", "1", _TANK)
        await browser.picture("newcomer-moved")
        await _check_accessible(browser)
        _check_errors(browser)
    # a tank that was just cut off stays off for some minutes first
    await home.run_until(_LATER, _SPEED)
    await _expect(home, "load_state", "running", _TANK)


async def test_the_page_by_night(home: EmptyHome) -> None:
    """The dark theme, on a desktop."""
    async with open_browser("fr", width=1500, height=1600, dark=True) as browser:
        await browser.live_at(_LATER)
        await browser.open(f"{home.url}/{await _dashboard(home)}")
        for words in ("Rendre la main", "Saison 2026-2027"):
            await browser.wait_for_text(words)
        assert await browser.page.evaluate(_IS_DARK)
        await browser.picture("newcomer-night")
        await _check_accessible(browser)
        _check_errors(browser)


async def test_the_cards_are_offered(home: EmptyHome) -> None:
    """On any dashboard, in the dialog that adds a card, with a picture of themselves."""
    await home.user.ask(
        "lovelace/dashboards/create", url_path="own-page", title="Own", mode="storage"
    )
    config = {"views": [{"title": "Own", "type": "masonry", "cards": []}]}
    await home.user.ask("lovelace/config/save", url_path="own-page", config=config)
    async with open_browser("fr", height=1200) as browser:
        page = browser.page
        await browser.open(f"{home.url}/own-page/0?edit=1")
        await page.get_by_role("button", name="Ajouter une carte").first.click()
        await page.get_by_text("Par carte", exact=True).click()
        await page.locator("hui-card-picker ha-input-search input").fill("Linky")
        await browser.wait_for_text("Saison Tempo")
        await page.locator("hui-card-picker linky-pilote-card").wait_for()
        await browser.picture("card-picker")
        offer = page.locator("hui-card-picker .card")
        await offer.filter(has_text="Linky Pilote en direct").first.click()
        await browser.wait_for_text("Seulement les appareils")
        await page.get_by_role("button", name="Enregistrer").click()
        await page.locator("hui-masonry-view linky-pilote-card").wait_for()
        _check_errors(browser)
    saved = await home.user.ask("lovelace/config", url_path="own-page")
    (card,) = saved["views"][0]["cards"]
    assert card["type"] == "custom:linky-pilote-card"
    assert card["device_id"]


_IS_DARK: Final = "document.querySelector('home-assistant').hass.themes.darkMode"
_FIRST: Final = """
(name) => {
  const find = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.localName === "linky-pilote-card") return element;
      const found = element.shadowRoot && find(element.shadowRoot);
      if (found) return found;
    }
  };
  const first = find(document)?.shadowRoot.querySelector("li .name span");
  return first?.textContent === name;
}
"""


async def _add_meter(browser: Browser, home: EmptyHome) -> None:
    page = browser.page
    await browser.open(home.url + _ADD)
    await page.get_by_role("button", name="OK").click()
    await page.get_by_text("Port USB ou série", exact=True).click()
    await browser.wait_for_text("Où est le compteur ?")
    await page.locator("ha-selector-serial_port ha-picker-field").click()
    await page.get_by_text("Saisir manuellement", exact=True).click()
    await browser.fill("ha-selector-serial_port input", str(home.folder.meter_link))
    await page.get_by_role("button", name="Valider").click()
    await browser.wait_for_text("Un compteur a été trouvé")
    await page.get_by_role("button", name="Valider").click()
    await browser.wait_for_text("Ignorer et terminer")
    await _finish(page)


async def _add_grid(browser: Browser, home: EmptyHome) -> None:
    page = browser.page
    await browser.open(home.url + _ADD)
    await page.get_by_role("button", name="OK").click()
    await page.get_by_text("Ce que le réseau annonce", exact=True).click()
    await browser.wait_for_text("se passent de clé")
    await page.get_by_role("button", name="Valider").click()
    await browser.wait_for_text("Le réseau est ajouté")
    await _finish(page)


async def _finish(page: Page) -> None:
    await page.get_by_text("Ignorer et terminer").click()
    await page.get_by_text("Ignorer et terminer").wait_for(state="hidden")


async def _add_heater(browser: Browser, home: EmptyHome) -> None:
    page = browser.page
    await browser.open(f"{home.url}/config/integrations/integration/{DOMAIN}")
    await page.get_by_role("button", name="Piloter un appareil").click()
    await page.get_by_text("Sélectionner une entité").first.click()
    await page.locator("ha-picker-combo-box input").last.fill("salle de bain")
    await page.get_by_text(_HEATER).last.click()
    await page.locator("ha-selector-select").first.click()
    await page.get_by_text("Chauffage (fil pilote, thermostat)").last.click()
    for text in (
        "Comment il se comporte",
        "Jamais en dessous",
        "Quand il peut marcher",
    ):
        await browser.wait_for_text(text)
        await page.get_by_role("button", name="Valider").click()
    await browser.wait_for_text("Un essai d’une vingtaine de secondes")
    await page.get_by_text("Garder sans essai").click()
    await until(lambda: ours(home, "load_state"), 20, "the heater is there", bool)


async def _add_dashboard(browser: Browser, home: EmptyHome) -> None:
    page = browser.page
    await browser.open(f"{home.url}/config/lovelace/dashboards")
    await page.get_by_text("Ajouter un tableau de bord").first.click()
    await browser.wait_for_text("Tableaux de bord communautaires")
    await page.get_by_text("Linky Pilote", exact=True).last.click()
    await page.get_by_role("button", name="Créer").click()
    # it is made first and filled then: who leaves in between has an empty one
    await until(lambda: _strategy(home), 20, "the dashboard is there", bool)
    await browser.open(f"{home.url}/{await _dashboard(home)}")
    for text in ("En ce moment", _HEATER, "Saison Tempo", "Origine de l’électricité"):
        await browser.wait_for_text(text)
    await browser.picture("newcomer-dashboard")


async def _dashboard(home: EmptyHome) -> str:
    found = await home.user.ask("lovelace/dashboards/list")
    return next((one["url_path"] for one in found if one["title"] == "Linky"), "")


async def _strategy(home: EmptyHome) -> str:
    path = await _dashboard(home)
    if not path:
        return ""
    with contextlib.suppress(RefusedError):
        config = await home.user.ask("lovelace/config", url_path=path)
        return str(config.get("strategy", {}).get("type", ""))
    return ""


def _button(card: Locator, load: str, what: str) -> Locator:
    return card.get_by_role("button", name=f"{load} : {what}")


async def _expect(
    home: EmptyHome, key: str, value: str, load: str | None = None
) -> None:
    """Wait for the state of an entity of a load, or of the house."""

    async def shown() -> bool:
        entities = await ours(home, key)
        (entity_id,) = [entities[load]] if load else entities.values()
        return bool((await states(home))[entity_id]["state"] == value)

    await until(shown, 30, f"{key} is {value}")


async def _check_accessible(browser: Browser) -> None:
    """Let axe look at the page; what it finds in our own cards must not be serious."""
    response = (await Axe().run(browser.page, options={})).response

    def of_ours(findings: list[dict[str, Any]]) -> list[tuple[str, str, Any]]:
        return [
            (finding["id"], finding["impact"], node["html"][:200])
            for finding in findings
            for node in finding["nodes"]
            if "linky-pilote" in str(node["target"])
        ]

    assert of_ours(response["passes"]), "it did not look into our cards"
    serious = [one for one in of_ours(response["violations"]) if one[1] in _SERIOUS]
    assert not serious, serious


def _check_errors(browser: Browser) -> None:
    assert not [
        error
        for error in browser.errors
        if not any(place in error for place in _FROM_THE_NETWORK)
    ]

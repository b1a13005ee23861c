"""The pages of Home Assistant: the form in French, the dashboard of every meter."""

from collections.abc import AsyncIterator
from typing import Final

import pytest_asyncio

from custom_components.linky_pilote.engine.reading import Contract, TicMode
from demo.setup import MeterSetup

from .bench import Bench
from .browser import open_browser
from .household import Added
from .instance import DOMAIN, Instance, free_port

_DASHBOARD = "linky-test"
_TROUBLES: Final = (
    "Configuration error",
    "Entity not found",
    "unavailable",
    "Unavailable",
)
_ICONS = "/api/brands/"
"""Those of other integrations come from the network."""


@pytest_asyncio.fixture(loop_scope="session")
async def french(home: Instance) -> AsyncIterator[None]:
    """Let the house speak French for a while."""
    await home.user.ask("config/core/update", language="fr")
    yield
    await home.user.ask("config/core/update", language="en")


async def test_form_in_french(
    home: Instance, household: dict[str, Added], french: None, bench: Bench
) -> None:
    """From the first click to the new device; the meter is removed at the end."""
    setup = MeterSetup(seed=41, contract=Contract.OFF_PEAK, serial="022261000888")
    meter = bench.meter("form", setup, mode=TicMode.STANDARD, at="2026-12-10T19:30")
    before = {entry["entry_id"] for entry in await home.user.entries()}
    async with open_browser("fr") as browser:
        page = browser.page
        await browser.open(
            f"{home.url}/config/integrations/dashboard/add?domain={DOMAIN}"
        )
        await page.get_by_role("button", name="OK").click()
        await browser.wait_for_text("À quoi le compteur est-il relié")
        await browser.picture("menu-fr")
        await page.get_by_text("Port USB ou série", exact=True).click()
        await browser.wait_for_text("Où est le compteur ?")
        await page.locator("ha-selector-serial_port ha-picker-field").click()
        await page.get_by_text("Saisir manuellement", exact=True).click()
        await browser.fill("ha-selector-serial_port input", meter.port)
        await page.get_by_role("button", name="Valider").click()
        await browser.wait_for_text(f"Écoute de {meter.port}")
        await browser.wait_for_text("Un compteur a été trouvé")
        for part in (
            "Sagemcom",
            "mode standard, monophasé, consommateur",
            "heures pleines et heures creuses",
            "022261000888",
        ):
            await browser.wait_for_text(part)
        await browser.picture("form-fr")
        await page.get_by_role("button", name="Valider").click()
        await browser.wait_for_text("Ignorer et terminer")
        assert not [error for error in browser.errors if _ICONS not in error]
    new = [e for e in await home.user.entries() if e["entry_id"] not in before]
    assert [entry["title"] for entry in new] == ["Linky 0888"]
    await home.user.delete(f"/api/config/config_entries/entry/{new[0]['entry_id']}")


async def test_form_of_a_bridge_in_french(
    home: Instance, household: dict[str, Added], french: None
) -> None:
    """What is wrong is said at the field that is to blame."""
    async with open_browser("fr") as browser:
        page = browser.page
        await browser.open(
            f"{home.url}/config/integrations/dashboard/add?domain={DOMAIN}"
        )
        await page.get_by_role("button", name="OK").click()
        await page.get_by_text("Passerelle sur le réseau", exact=True).click()
        await browser.wait_for_text("Où est la passerelle")
        for text in ("TCP brut (le plus courant)", "RFC 2217 (le lecteur règle"):
            await browser.wait_for_text(text)
        await browser.fill("ha-selector-text input", "127.0.0.1")
        await browser.fill("ha-selector-number input", str(free_port()))
        await page.get_by_role("button", name="Valider").click()
        await browser.wait_for_text("rien ne répond sur 127.0.0.1:")
        await browser.picture("bridge-fr")
        assert not [error for error in browser.errors if _ICONS not in error]


async def test_dashboard_of_every_meter(
    home: Instance, household: dict[str, Added]
) -> None:
    await home.user.ask(
        "lovelace/dashboards/create", url_path=_DASHBOARD, title="Linky", mode="storage"
    )
    await home.user.ask(
        "lovelace/config/save",
        url_path=_DASHBOARD,
        config={"strategy": {"type": "custom:linky-pilote"}},
    )
    async with open_browser("en", height=1300) as browser:
        await browser.open(f"{home.url}/{_DASHBOARD}")
        for added in household.values():
            title = added.entry["title"]
            await browser.page.get_by_role("tab", name=title).click()
            setup = added.kind.setup
            await browser.wait_for_text(f"Power, out of {setup.subscribed_kva} kVA")
            await browser.page.wait_for_timeout(1000)
            await browser.picture(f"dashboard-{added.kind.name}")
            text = await browser.text()
            assert not [words for words in _TROUBLES if words in text], title
            assert (" V " in text) == (added.kind.mode is TicMode.STANDARD), title
            assert ("Phase 3" in text) == (setup.phases == 3), title
            assert ("Tomorrow" in text) == (setup.contract is Contract.TEMPO), title
        assert not [error for error in browser.errors if _ICONS not in error]

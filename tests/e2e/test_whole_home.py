"""The dashboard of a whole home, in French: meter, grid, loads that are shed, the sun.

With LINKY_PILOTE_PICTURES set the pictures of the README are made anew.
"""

from collections.abc import AsyncIterator
import contextlib
from io import BytesIO
import os
from pathlib import Path
from typing import Final

from PIL import Image
import pytest

from custom_components.linky_pilote.engine.reading import TicMode
from demo import furnish
from demo.clock import find_library
from demo.loads import LOADS, furnish_loads

from .browser import Browser, open_browser
from .instance import until
from .loads import ours, states
from .simulated import SimulatedDay

pytestmark = [
    pytest.mark.own_home,
    pytest.mark.skipif(find_library() is None, reason="no libfaketime"),
]

_EARLIER: Final = "2027-01-12T05:40"
_MORNING: Final = "2027-01-12T05:58"
_AFTERNOON: Final = "2027-06-17T15:10"
_SPEED: Final = 60.0
_PICTURES: Final = Path(__file__).parents[2] / "docs" / "images"
_TROUBLES: Final = ("Erreur", "introuvable", "Indisponible", "Inconnu")


@contextlib.asynccontextmanager
async def _furnished(
    tmp_path: Path,
    scenario: str,
    mode: TicMode = TicMode.HISTORICAL,
    *,
    lived_until: str | None = None,
) -> AsyncIterator[SimulatedDay]:
    """Give a home with its grid and its loads, which may be commanded.

    It may have lived with a meter alone before: that fills the graphs.
    """
    day = SimulatedDay(tmp_path / "config", scenario, mode=mode, language="fr")
    try:
        await day.start()
        await furnish.set_language(day.user, "fr")
        if lived_until is not None:
            await day.run_until(lived_until)
        await furnish.add_grid(day.user)
        await furnish_loads(day.user, day.entry_id)
        await furnish.make_dashboard(day.user)
        yield day
    finally:
        await day.stop()


async def _show(browser: Browser, day: SimulatedDay, name: str, at: str) -> str:
    """Open the dashboard on the day's own clock; return all that can be read."""
    await browser.live_at(at)
    await browser.open(f"{day.url}/{furnish.DASHBOARD}")
    for words in ("En ce moment", "Appareils, du premier servi", "Origine de"):
        await browser.wait_for_text(words)
    await browser.page.wait_for_timeout(5000)
    await browser.picture(name)
    assert not browser.errors
    return await browser.text()


def _keep(picture: bytes, name: str) -> None:
    """Renew a picture of the guides, where that is asked for."""
    if os.environ.get("LINKY_PILOTE_PICTURES"):
        small = Image.open(BytesIO(picture)).quantize(128)
        small.save(_PICTURES / f"{name}.png", optimize=True)


async def test_a_morning_with_all_heaters_on(tmp_path: Path) -> None:
    """The last minutes before a red day: all heats, the car is plugged in."""
    async with _furnished(tmp_path, "tempo-week", lived_until=_EARLIER) as day:
        await day.run_until(_MORNING, _SPEED)

        async def blocked() -> set[str]:
            found = (await states(day)).values()
            return {state["attributes"].get("blocked_by") for state in found} - {None}

        assert await until(blocked, 30, "something has to wait", bool) <= {
            *("hot", "no_room", "no_surplus", "overload"),
        }
        async with open_browser("fr", width=1500, height=1200) as browser:
            text = await _show(browser, day, "dashboard", _MORNING)
            for words in (
                *("pas assez de soleil", "Pilotage de la maison"),
                *("Aujourd’hui Blanc", "Demain Rouge", "Rouge, coupures possibles"),
                *("Nucléaire", "heures creuses"),
            ):
                assert words in text, (words, text)
            assert text.count("Pilotage autorisé") == len(LOADS)
            assert not [words for words in _TROUBLES if words in text], text
            _keep(await browser.page.screenshot(), "dashboard")
        async with open_browser("fr", width=412, height=1500) as browser:
            await _show(browser, day, "dashboard-phone", _MORNING)
            _keep(await browser.page.screenshot(), "dashboard-phone")
        async with open_browser("fr", width=1500, height=1200, dark=True) as browser:
            await _show(browser, day, "dashboard-dark", _MORNING)
            _keep(await browser.page.screenshot(), "dashboard-dark")
        async with open_browser("fr", width=412, height=1500, dark=True) as browser:
            await _show(browser, day, "dashboard-phone-dark", _MORNING)
            _keep(await browser.page.screenshot(), "dashboard-phone-dark")


async def test_a_sunny_afternoon_by_origin(tmp_path: Path) -> None:
    """What the home had of the sun and of the grid, by the hour and by appliance."""
    async with _furnished(tmp_path, "clear-day", TicMode.STANDARD) as day:
        await day.run_until(_AFTERNOON)
        (used,) = (await ours(day, "house_energy_sun")).values()
        assert float((await states(day))[used]["state"]) > 1
        async with open_browser("fr", width=1500, height=1800) as browser:
            text = await _show(browser, day, "dashboard-sun", _AFTERNOON)
            for words in (
                *("Énergie par origine, 24 dernières heures", "Soleil", "Réseau"),
                "Soleil d’aujourd’hui, par appareil",
            ):
                assert words in text, (words, text)
            graph = browser.page.locator("hui-statistics-graph-card").first
            _keep(await graph.screenshot(), "energy-by-origin")

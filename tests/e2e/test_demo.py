"""The demo as it comes: its exit status, its first page in a real browser."""

from datetime import datetime, timedelta
from pathlib import Path
import re
import time

import aiohttp
import pytest

from demo.client import Client
from demo.clock import find_library
from demo.launcher import PASSWORD, USERNAME

from .browser import open_browser
from .instance import free_port, until
from .launcher import launched

pytestmark = pytest.mark.own_home

_NAMES = {
    "apparent_power": "Puissance apparente",
    "headroom": "Puissance encore disponible",
}
_WORDS = ("En ce moment", "Tarif", "Énergie par jour", "Puissance encore disponible")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder for the demo."""
    return tmp_path_factory.mktemp("demo") / "config"


async def test_run_for_some_seconds(folder: Path) -> None:
    port = free_port()
    async with launched(
        *("--config", str(folder), "--http-port", str(port)),
        *("--language", "fr", "--exit-after", "3"),
    ) as demo:
        url = await demo.url()
        assert url == f"http://127.0.0.1:{port}"
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            assert answer.status == 200
            assert "Home Assistant" in await answer.text()
        status = await demo.end()
    assert status == 0, demo.output
    for words in ("La démonstration est prête", "Pour arrêter : Ctrl-C.", "Arrêté."):
        assert words in demo.output


async def test_a_newcomer_follows_the_text(folder: Path) -> None:
    """The oven is started and a cloud passes, with the mouse: the meter follows."""
    async with (
        launched(
            *("--config", str(folder.parent / "dinner"), "--language", "fr"),
            *("--http-port", str(free_port())),
            # at dinner 6 kVA are not enough: loads would be shed for the oven
            *("--kva", "12"),
        ) as demo,
        Client(await demo.url()) as client,
        open_browser("fr", width=1700, height=1400) as browser,
    ):
        await client.log_in(USERNAME, PASSWORD)

        async def state(entity_id: str) -> float:
            return float((await client.get(f"/api/states/{entity_id}"))["state"])

        (power, headroom) = [
            found["entity_id"]
            for key in ("apparent_power", "headroom")
            for found in await client.get("/api/states")
            if found["entity_id"].startswith("sensor.linky")
            and found["attributes"].get("friendly_name", "").endswith(_NAMES[key])
        ]
        await browser.open(f"{await demo.url()}/virtual-house")
        for words in ("Rien ici n’est réel", "Allumer le four", "Puissance de chacun"):
            await browser.wait_for_text(words)
        await browser.picture("virtual-house-fr")
        before = await state(power), await state(headroom)
        press = browser.page.locator("ha-control-button.press-button")
        await press.nth(0).click()
        await until(
            lambda: state("sensor.virtual_oven_power"),
            20,
            "oven",
            lambda now: now > 2000,
        )
        await until(
            lambda: state(power), 60, "power", lambda now: now > before[0] + 1500
        )
        await until(
            lambda: state(headroom), 60, "headroom", lambda now: now < before[1] - 1500
        )

        await client.post(
            "/api/services/select/select_option",
            {"entity_id": "select.virtual_sky", "option": "full_sun"},
        )
        await until(
            lambda: state("sensor.virtual_panels_power"),
            20,
            "sun",
            lambda now: now > 2900,
        )
        await press.nth(1).click()
        await until(
            lambda: state("sensor.virtual_panels_power"),
            40,
            "cloud",
            lambda now: now < 500,
        )

        await client.post(
            "/api/services/select/select_option",
            {"entity_id": "select.virtual_color_today", "option": "red"},
        )
        await browser.wait_for_text("Jour rouge")
        assert not browser.errors
        assert await demo.interrupt() == 0, demo.output


@pytest.mark.skipif(find_library() is None, reason="no libfaketime")
async def test_a_day_is_played_at_sixty_times_the_speed(folder: Path) -> None:
    """A page opens in it and follows; all is well at the end."""
    async with (
        launched(
            *("--config", str(folder.parent / "day"), "--language", "en"),
            *("--http-port", str(free_port())),
            *("--scenario", "cloudy-day", "--speed", "60"),
        ) as demo,
        open_browser("en", width=1700, height=1400) as browser,
    ):
        await browser.open(f"{await demo.url()}/virtual-house")
        for words in ("Nothing here is real", "Speed of time", "2027-06-17 "):
            await browser.wait_for_text(words)
        found = re.search(r"2027-06-17 \d\d:\d\d", await browser.text())
        assert found is not None
        later = datetime.fromisoformat(found[0]) + timedelta(minutes=10)
        # some time of those ten minutes
        await browser.wait_for_text(f"{later:%Y-%m-%d %H:%M}"[:-1])
        await browser.picture("virtual-house-fast")
        assert not browser.errors
        assert await demo.interrupt() == 0, demo.output


async def test_first_page_in_french(folder: Path) -> None:
    """The second start, in the same folder: the same meter, now in standard mode."""
    async with launched(
        *("--config", str(folder), "--http-port", str(free_port())),
        *("--language", "fr", "--mode", "standard"),
    ) as demo:
        url = await demo.url()
        async with open_browser("fr") as browser:
            # no log-in: the demo is for this machine only
            await browser.open(url)
            for words in _WORDS:
                await browser.wait_for_text(words)
            text = await browser.text()
            number = re.search(r"Linky (\d{4})", text)
            assert number is not None, text
            await browser.picture("dashboard-fr")
            shown: set[str] = set()
            end = time.monotonic() + 60
            while len(shown) < 2:
                assert time.monotonic() < end, f"power does not move: {shown}"
                power = re.search(r"([\d  ]+) VA\b", await browser.text())
                assert power is not None, await browser.text()
                shown.add(power[1])
                await browser.page.wait_for_timeout(500)
            assert not browser.errors

            await browser.open(f"{url}/config/lovelace/dashboards")
            await browser.page.get_by_text("Ajouter un tableau de bord").first.click()
            await browser.wait_for_text("Linky Pilote")
            await browser.picture("add-dashboard-fr")
            assert not browser.errors
        status = await demo.interrupt()
    assert status == 0, demo.output

"""Coming from another integration, click by click as docs/fr/migration.md tells.

With LINKY_PILOTE_PICTURES set the pictures of that page are made anew.
"""

from dataclasses import dataclass, field
from itertools import pairwise
import os
from pathlib import Path
import time
from typing import Any, Final

from playwright.async_api import Locator, Page
import pytest

from custom_components.linky_pilote.engine.reading import Contract, TicMode
from demo.setup import MeterSetup

from .bench import Bench, BenchMeter
from .browser import Browser, open_browser
from .instance import DOMAIN, Instance, until

_PICTURES: Final = Path(__file__).parents[2] / "docs" / "images" / "migration"
_WIDTH, _HEIGHT = 1100, 720
_STATISTICS_S: Final = 330.0
_SERIAL: Final = "021961000444"
_IDS: Final = {
    "HCHC": "sensor.linky_index_option_heures_creuses_heures_creuses",
    "HCHP": "sensor.linky_index_option_heures_creuses_heures_pleines",
    "PAPP": "sensor.linky_puissance_apparente",
    "PTEC": "sensor.linky_periode_tarifaire_en_cours",
}
_SUCCESSORS: Final = {
    "HCHC": "Énergie, heures creuses",
    "HCHP": "Énergie, heures pleines",
    "PAPP": "Puissance apparente",
    "PTEC": "Période tarifaire",
}
_INDEXES: Final = ("HCHC", "HCHP")
_MOST_WH: Final = 6000 / 12
"""What a contract of 6 kVA may draw in five minutes."""

type Rows = list[dict[str, Any]]


@dataclass
class Before:
    """What there was before the ids were taken over."""

    rows: dict[str, Rows] = field(default_factory=dict)
    """Statistics, by label."""
    until_ms: float = 0.0
    """When all ids were taken over."""


@pytest.fixture(scope="session")
def before() -> Before:
    """Give what one test leaves to the other."""
    return Before()


async def _rows(home: Instance) -> dict[str, Rows]:
    """Return the statistics of all periods of five minutes, in Wh."""
    answer = await home.user.ask(
        "recorder/statistics_during_period",
        start_time="2020-01-01T00:00:00+00:00",
        statistic_ids=[_IDS[label] for label in _INDEXES],
        period="5minute",
        types=["state", "sum"],
        units={"energy": "Wh"},
    )
    return {label: answer.get(_IDS[label], []) for label in _INDEXES}


async def _show(browser: Browser, name: str) -> None:
    """Keep a picture, in the documentation if that is wanted."""
    await browser.page.mouse.move(0, 0)
    await browser.page.wait_for_timeout(500)
    await browser.picture(f"migration-{name}")
    if os.environ.get("LINKY_PILOTE_PICTURES"):
        _PICTURES.mkdir(parents=True, exist_ok=True)
        await browser.page.screenshot(path=_PICTURES / f"{name}.png")


async def _type(page: Page, place: Locator, text: str) -> None:
    """Type into a field that may be drawn anew while one types."""
    for _ in range(20):
        await place.fill(text)
        await page.wait_for_timeout(200)
        if await place.input_value() == text:
            return
    raise AssertionError(f"{text!r} does not stay")


async def test_ids_are_taken_over(
    new_home: Instance, bench: Bench, before: Before
) -> None:
    """Note the ids, delete the old entry, add the meter, give it the old ids."""
    setup = MeterSetup(seed=7, contract=Contract.OFF_PEAK, serial=_SERIAL)
    meter = bench.meter(
        "migration", setup, mode=TicMode.HISTORICAL, at="2026-12-10T12:40"
    )
    await _live_with_the_old_one(new_home, meter)
    before.rows = await until(
        lambda: _rows(new_home), 20, "the past", lambda rows: all(rows.values())
    )
    async with open_browser("fr", width=_WIDTH, height=_HEIGHT) as browser:
        await _note_the_ids(browser, new_home)
        await _delete_the_old_one(browser, new_home)
        complaints = await new_home.user.ask("energy/validate")
        assert all(complaints["energy_sources"]), "the Energy dashboard misses them"
        await _add_the_meter(browser, new_home, meter)
        for label, old_id in _IDS.items():
            await _rename(browser, new_home, label, old_id)
    assert not any((await new_home.user.ask("energy/validate"))["energy_sources"])
    registry = {
        entity["entity_id"]: entity["platform"]
        for entity in await new_home.user.ask("config/entity_registry/list")
    }
    assert {registry[old_id] for old_id in _IDS.values()} == {DOMAIN}
    before.until_ms = time.time() * 1000
    # the page tells people not to mind
    assert new_home.log.matching("Cannot rename statistic_id")


async def test_statistics_go_on(new_home: Instance, before: Before) -> None:
    """Each Wh that the meter counted is in the sum, once."""
    new_home.log.allow(new_home.log.matching("Cannot (rename stat|migrate hist)"))
    rows = await until(
        lambda: _rows(new_home),
        _STATISTICS_S,
        "statistics made of both",
        lambda rows: all(
            rows[label][-1]["end"] > before.until_ms for label in _INDEXES
        ),
    )
    offsets = {}
    for label in _INDEXES:
        assert rows[label][: len(before.rows[label])] == before.rows[label]
        # the sum began at some index: that is the same for all periods
        offsets[label] = {round(row["state"] - row["sum"]) for row in rows[label]}
        sums = [row["sum"] for row in rows[label]]
        steps = [after - one for one, after in pairwise(sums)]
        assert all(0 <= step <= _MOST_WH for step in steps), label
    assert {label: len(found) for label, found in offsets.items()} == {
        "HCHC": 1,
        "HCHP": 1,
    }
    assert rows["HCHP"][-1]["sum"] > before.rows["HCHP"][-1]["sum"]
    units = {
        item["statistic_id"]: item["statistics_unit_of_measurement"]
        for item in await new_home.user.ask("recorder/list_statistic_ids")
    }
    assert {units[_IDS[label]] for label in _INDEXES} == {"Wh"}
    issues = await new_home.user.ask("recorder/validate_statistics")
    assert not issues.keys() & set(_IDS.values())
    async with open_browser("fr", width=_WIDTH, height=_HEIGHT) as browser:
        # the bar with the date lies over the end of the page
        await browser.page.set_viewport_size({"width": _WIDTH, "height": 800})
        await browser.open(f"{new_home.url}/energy/electricity")
        for label in _INDEXES:
            await browser.wait_for_text(f"Linky 0444 {_SUCCESSORS[label]}")
        await _show(browser, "5-check")


async def _live_with_the_old_one(home: Instance, meter: BenchMeter) -> None:
    """Have the old integration, its statistics and an Energy dashboard of them."""
    frames = await until(lambda: _heard(meter), 20, "a frame")
    flows = "/api/config/config_entries/flow"
    step = await home.user.post(flows, {"handler": "linkytic"})
    answers = {label: int(frames[-1][label]) for label in _INDEXES}
    step = await home.user.post(
        f"{flows}/{step['flow_id']}", {"port": meter.port, **answers}
    )
    assert step["type"] == "create_entry", step
    await home.expect(
        lambda: all(home.watch.state(old_id) for old_id in _IDS.values()), 20, "its ids"
    )
    await home.user.ask(
        "energy/save_prefs",
        energy_sources=[
            {"type": "grid", "stat_energy_from": _IDS[label], "cost_adjustment_day": 0}
            for label in _INDEXES
        ],
    )


async def _heard(meter: BenchMeter) -> list[Any]:
    return meter.frames(10)


async def _note_the_ids(browser: Browser, home: Instance) -> None:
    page = browser.page
    await browser.open(f"{home.url}/config/developer-tools/state")
    await browser.wait_for_text("Attributs")
    for column in ("Pièce", "Attributs"):
        await page.locator("ha-checkbox").filter(has_text=column).click()
    entities = page.locator("ha-input-search[slot=filter-entities] input")
    await _type(page, entities, "sensor.linky_")
    await browser.wait_for_text(_IDS["HCHC"])
    await _show(browser, "1-note")


async def _delete_the_old_one(browser: Browser, home: Instance) -> None:
    page = browser.page
    await browser.open(f"{home.url}/config/integrations/integration/linkytic")
    await page.locator("ha-config-entry-row ha-dropdown").first.click()
    delete = page.get_by_text("Supprimer", exact=True)
    await delete.hover()
    await _show(browser, "2-delete")
    await delete.click()
    await page.get_by_role("button", name="Supprimer").click()
    await home.expect(
        lambda: not any(home.watch.state(old_id) for old_id in _IDS.values()),
        20,
        "they are gone",
    )


async def _add_the_meter(browser: Browser, home: Instance, meter: BenchMeter) -> None:
    page = browser.page
    await browser.open(f"{home.url}/config/integrations/dashboard/add?domain={DOMAIN}")
    await page.get_by_role("button", name="OK").click()
    await page.get_by_text("Port USB ou série", exact=True).click()
    await browser.wait_for_text("Où est le compteur ?")
    await page.locator("ha-selector-serial_port ha-picker-field").click()
    await page.get_by_text("Saisir manuellement", exact=True).click()
    await _type(page, page.locator("ha-selector-serial_port input"), meter.port)
    await page.get_by_role("button", name="Valider").click()
    await browser.wait_for_text("Un compteur a été trouvé")
    await _show(browser, "3-add")
    await page.get_by_role("button", name="Valider").click()
    await page.get_by_text("Ignorer et terminer").click()


async def _rename(browser: Browser, home: Instance, label: str, old_id: str) -> None:
    page = browser.page
    (device,) = [
        device
        for device in await home.user.ask("config/device_registry/list")
        if device["serial_number"] == _SERIAL
    ]
    await browser.open(f"{home.url}/config/devices/device/{device['id']}")
    await page.get_by_text(_SUCCESSORS[label], exact=True).first.click()
    dialog = page.locator("ha-more-info-dialog")
    await dialog.locator("ha-icon-button[slot=headerActionItems]").first.click()
    entity_id = dialog.locator("entity-registry-settings-editor input[required]")
    await _type(page, entity_id, old_id.removeprefix("sensor."))
    if label == "HCHP":
        await _show(browser, "4-rename")
    await dialog.get_by_text("Mettre à jour", exact=True).click()
    await home.expect(
        lambda: home.watch.state(old_id) is not None, 20, f"{old_id} is back"
    )

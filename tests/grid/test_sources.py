"""Sources that fail, their quotas, and what a restart remembers."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.linky_pilote.grid.servers import DATA_GRID_SERVERS

from ..bodies import carbon, ecowatt, ecowatt_day, rte_tempo, services_rte
from ..conftest import attribute, state
from ..upstream import (
    CARBON,
    ECO2MIX,
    ECOWATT,
    PRICES,
    RTE_TEMPO,
    TEMPO_LIGHT,
    TOKEN,
    Reply,
    Upstream,
)
from .conftest import NOON, TODAY
from .homes import Clock, make_grid, servers, start

ECOWATT_NOW = "sensor.grid_ecowatt_now"
TOMORROW = "sensor.grid_tempo_tomorrow"


async def restart(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Take the entry down and up again, with what it saved."""
    assert await hass.config_entries.async_unload(entry.entry_id)
    await start(hass, entry)


@pytest.mark.parametrize(
    ("path", "entity", "source"),
    [
        (ECOWATT, ECOWATT_NOW, "ecowatt"),
        (CARBON, "sensor.grid_carbon_intensity", "electricity_maps"),
        (ECO2MIX, "sensor.grid_carbon_intensity_of_french_production", "eco2mix"),
        (PRICES, "sensor.grid_electricity_price", "prices"),
    ],
)
@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Reply(status=500), "temporary"),
        (Reply(body="<html>down</html>"), "malformed"),
        (Reply(status=429, headers={"Retry-After": "5000"}), "quota"),
        (Reply(status=410), "retired"),
    ],
)
async def test_a_source_that_fails_takes_no_other_down(
    hass: HomeAssistant,
    upstream: Upstream,
    clock: Clock,
    path: str,
    entity: str,
    source: str,
    reply: Reply,
    why: str,
) -> None:
    hass.data[DATA_GRID_SERVERS] = servers(upstream)
    upstream.set(path, reply)
    entry = make_grid(all_keys=True, contract="tempo")
    await start(hass, entry)
    assert entry.state is ConfigEntryState.LOADED
    assert state(hass, entity) == "unknown"
    assert attribute(hass, entity, "why") == why
    troubles = {
        name: found.record.trouble for name, found in entry.runtime_data.sources.items()
    }
    assert troubles.pop(source) == why
    assert set(troubles.values()) == {None}
    assert state(hass, TOMORROW) == "red"


@pytest.mark.parametrize(
    ("path", "key"),
    [
        (ECOWATT, "not_subscribed"),
        (RTE_TEMPO, "not_subscribed"),
        (CARBON, "zone_not_in_plan"),
    ],
)
async def test_a_subscription_that_is_missing_is_a_repair(
    hass: HomeAssistant,
    upstream: Upstream,
    clock: Clock,
    issue_registry: ir.IssueRegistry,
    path: str,
    key: str,
) -> None:
    hass.data[DATA_GRID_SERVERS] = servers(upstream)
    reply = Reply(status=403)
    good: Any = rte_tempo({TODAY: "WHITE"})
    if path == ECOWATT:
        good = ecowatt(ecowatt_day(TODAY))
    if path == CARBON:
        reply = Reply(status=401, body={"message": "You do not have access to this"})
        good = carbon("FR", 50, NOON)
    upstream.set(path, reply)
    await start(hass, make_grid(all_keys=True))
    (issue,) = issue_registry.issues.values()
    assert issue.translation_key == key
    assert issue.learn_more_url is not None
    assert issue.learn_more_url.startswith("https://")
    assert not hass.config_entries.flow.async_progress(), "no question about the key"

    await clock.advance(minutes=59)
    asked = upstream.count(path)
    upstream.set(path, good)
    await clock.advance(minutes=2)
    assert upstream.count(path) == asked + 1
    assert not issue_registry.issues


async def test_ecowatt_keeps_to_its_quota(
    hass: HomeAssistant, grid: MockConfigEntry, upstream: Upstream, clock: Clock
) -> None:
    """RTE serves one call in a quarter of an hour, failures and restarts included."""
    assert state(hass, ECOWATT_NOW) == "green"
    for _ in range(3):
        await clock.advance(minutes=2)
        await restart(hass, grid)
        assert state(hass, ECOWATT_NOW) == "green"
    assert upstream.count(ECOWATT) == 1

    upstream.set(ECOWATT, Reply(status=500))
    await clock.move_to(NOON + timedelta(minutes=61))
    assert upstream.count(ECOWATT) == 2
    assert state(hass, ECOWATT_NOW) == "red", "what was announced still holds"
    times = []
    for minute in range(62, 600):
        before = upstream.count(ECOWATT)
        await clock.move_to(NOON + timedelta(minutes=minute))
        if minute % 7 == 0:
            await restart(hass, grid)
        if upstream.count(ECOWATT) > before:
            times.append(minute)
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert min(gaps) >= 16
    assert len(times) < 20


async def test_back_off_honours_retry_after(
    hass: HomeAssistant, grid: MockConfigEntry, upstream: Upstream, clock: Clock
) -> None:
    upstream.set(CARBON, Reply(status=429, headers={"Retry-After": "7200"}))
    await clock.move_to(NOON + timedelta(minutes=16))
    asked = upstream.count(CARBON)
    await clock.move_to(NOON + timedelta(minutes=16 + 119))
    assert upstream.count(CARBON) == asked
    await clock.move_to(NOON + timedelta(minutes=16 + 120))
    assert upstream.count(CARBON) == asked + 1


async def test_a_restart_honours_retry_after_too(
    hass: HomeAssistant, grid: MockConfigEntry, upstream: Upstream, clock: Clock
) -> None:
    upstream.set(CARBON, Reply(status=429, headers={"Retry-After": "7200"}))
    await clock.move_to(NOON + timedelta(minutes=16))
    asked = upstream.count(CARBON)
    await clock.move_to(NOON + timedelta(minutes=60))
    await restart(hass, grid)
    assert upstream.count(CARBON) == asked
    entity = "sensor.grid_electricity_maps_last_answer"
    assert attribute(hass, entity, "trouble") == "quota"
    assert attribute(hass, entity, "asked_again_at") == "2026-12-15T13:16:00+00:00"

    # other keys need not wait, but for RTE's quota
    ecowatt_asked = upstream.count(ECOWATT)
    hass.config_entries.async_update_entry(
        grid, data={**grid.data, "electricity_maps_token": "new"}
    )
    await hass.async_block_till_done(wait_background_tasks=True)
    assert upstream.count(CARBON) == asked + 1
    assert upstream.count(ECOWATT) == ecowatt_asked


async def test_a_restart_knows_the_colours_without_any_answer(
    hass: HomeAssistant, grid: MockConfigEntry, upstream: Upstream, clock: Clock
) -> None:
    for path in (TOKEN, TEMPO_LIGHT, ECOWATT, CARBON, ECO2MIX, PRICES, RTE_TEMPO):
        upstream.set(path, Reply(status=500))
    assert await hass.config_entries.async_unload(grid.entry_id)
    await clock.move_to(datetime(2026, 12, 16, 4, 59, tzinfo=UTC))
    await start(hass, grid)
    assert state(hass, "sensor.grid_tempo_today") == "white"
    assert state(hass, TOMORROW) == "red"
    assert state(hass, "sensor.grid_tempo_period") == "white_off_peak"
    assert state(hass, "sensor.grid_electricity_price") == "0.1536"
    assert state(hass, "sensor.grid_next_electricity_price") == "0.7295"
    assert state(hass, ECOWATT_NOW) == "green"
    assert state(hass, "sensor.grid_carbon_intensity") == "unknown"

    await clock.move_to(datetime(2026, 12, 16, 5, 0, tzinfo=UTC))
    assert state(hass, "sensor.grid_tempo_today") == "red"
    assert state(hass, TOMORROW) == "unknown"
    assert attribute(hass, TOMORROW, "why") == "not_published"
    await clock.move_to(datetime(2026, 12, 16, 10, 11, tzinfo=UTC))
    assert attribute(hass, TOMORROW, "why") == "temporary"
    assert state(hass, "sensor.grid_tempo_period") == "red_peak"


async def test_tomorrow_is_looked_for_at_eleven_and_while_it_is_late(
    hass: HomeAssistant, upstream: Upstream, clock: Clock
) -> None:
    hass.data[DATA_GRID_SERVERS] = servers(upstream)
    early = services_rte({TODAY: "WHITE", TODAY + timedelta(1): "BLUE"})
    upstream.set(TEMPO_LIGHT, early)
    await clock.move_to(datetime(2026, 12, 15, 7, 0, tzinfo=UTC))
    await start(hass, make_grid())
    assert state(hass, TOMORROW) == "unknown"
    assert attribute(hass, TOMORROW, "indication") == "blue"
    assert attribute(hass, TOMORROW, "why") == "not_final"

    late = services_rte({TODAY: "WHITE"})
    upstream.set(TEMPO_LIGHT, late)
    asked = upstream.count(TEMPO_LIGHT)
    for minute in range(180, 360):
        await clock.move_to(
            datetime(2026, 12, 15, 7, 0, tzinfo=UTC) + timedelta(minutes=minute)
        )
    # from 11:00, at the latest 11:10, to 14:00, every half hour
    assert 6 <= upstream.count(TEMPO_LIGHT) - asked <= 7
    assert state(hass, TOMORROW) == "unknown"

    upstream.set(TEMPO_LIGHT, services_rte({TODAY + timedelta(1): "RED"}))
    await clock.advance(minutes=31)
    assert state(hass, TOMORROW) == "red"
    assert attribute(hass, TOMORROW, "indication") is None


async def test_what_cannot_be_read_any_more_is_asked_for_again(
    hass: HomeAssistant,
    upstream: Upstream,
    clock: Clock,
    hass_storage: dict[str, Any],
) -> None:
    hass.data[DATA_GRID_SERVERS] = servers(upstream)
    asked = (NOON - timedelta(minutes=30)).isoformat()
    hass_storage["linky_pilote.grid.gridid"] = {
        "version": 1,
        "minor_version": 1,
        "key": "linky_pilote.grid.gridid",
        "data": {
            "sources": {
                "eco2mix": {"asked": asked, "answered": asked, "body": {"no": "rows"}},
                "tempo_keyless": {},
            },
            "words": [],
            "home_carbon": {"day": "?"},
        },
    }
    await start(hass, make_grid())
    entity = "sensor.grid_carbon_intensity_of_french_production"
    assert state(hass, entity) == "20.0"


@pytest.mark.parametrize("version", [1, 9])
async def test_a_file_that_is_no_good(
    hass: HomeAssistant,
    upstream: Upstream,
    clock: Clock,
    hass_storage: dict[str, Any],
    version: int,
) -> None:
    hass.data[DATA_GRID_SERVERS] = servers(upstream)
    hass_storage["linky_pilote.grid.gridid"] = {
        "version": version,
        "minor_version": 1,
        "key": "linky_pilote.grid.gridid",
        "data": {"sources": "?"},
    }
    await start(hass, make_grid())
    assert state(hass, TOMORROW) == "red"


async def test_days_of_a_season_that_are_missing(
    hass: HomeAssistant, upstream: Upstream, clock: Clock
) -> None:
    hass.data[DATA_GRID_SERVERS] = servers(upstream)
    upstream.set("/tempo", services_rte({date(2026, 9, 1): "BLUE"}))
    await start(hass, make_grid())
    assert state(hass, "sensor.grid_tempo_red_days_left") == "unknown"
    assert attribute(hass, "sensor.grid_tempo_red_days_left", "why") == "days_missing"


async def test_removed_with_all_that_was_known(
    hass: HomeAssistant, grid: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    assert await hass.config_entries.async_unload(grid.entry_id)
    assert "linky_pilote.grid.gridid" in hass_storage
    await hass.config_entries.async_remove(grid.entry_id)
    assert "linky_pilote.grid.gridid" not in hass_storage

"""A meter made of sensors: what is read, and when it counts as silent."""

from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er, issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from ..clamps import AMPS, CLAMP, clamp_entry, say
from ..conftest import attribute, state
from ..serial_line import Time

POWER = "sensor.linky_active_power_estimated"
ROOM = "sensor.linky_power_still_available"


async def _pass(time: Time, freezer: FrozenDateTimeFactory, seconds: int = 1) -> None:
    for _ in range(2 * seconds):
        freezer.tick(0.5)
        await time.settle()


async def test_what_a_clamp_says_is_shown(
    hass: HomeAssistant, time: Time, freezer: FrozenDateTimeFactory
) -> None:
    say(hass, 1.5, "kW")
    entry = clamp_entry()
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
    assert state(hass, POWER) == "1500"
    assert attribute(hass, POWER, "method") == "measured"
    assert attribute(hass, POWER, "error") is None
    assert state(hass, ROOM) == "4500"
    await _pass(time, freezer, 6)
    say(hass, -0.7, "kW")
    await _pass(time, freezer)
    assert state(hass, POWER) == "-700"
    assert state(hass, ROOM) == "6000"


async def test_a_sign_that_is_the_other_way_round(
    hass: HomeAssistant, time: Time
) -> None:
    say(hass, 900)
    say(hass, 5000, "mA", AMPS)
    entry = clamp_entry(inverted=True, current=[AMPS])
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert state(hass, POWER) == "-900"
    assert state(hass, "sensor.linky_apparent_power") == "0"


@pytest.mark.parametrize("word", ["unavailable", "unknown", "nan"])
async def test_a_sensor_that_is_not_there_is_a_silent_line(
    hass: HomeAssistant,
    time: Time,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    word: str,
) -> None:
    say(hass, 800)
    entry = clamp_entry()
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    say(hass, word)
    await _pass(time, freezer)
    assert state(hass, POWER) == "unavailable"
    say(hass, word)
    await _pass(time, freezer)
    assert caplog.text.count("is not heard any more") == 1
    assert CLAMP in caplog.text
    async_fire_time_changed(hass, freezer() + timedelta(seconds=901))
    await hass.async_block_till_done()
    issues = {issue.translation_key for issue in ir.async_get(hass).issues.values()}
    assert "sensors_unavailable" in issues
    say(hass, 810)
    await _pass(time, freezer)
    assert state(hass, POWER) == "810"
    issues = {issue.translation_key for issue in ir.async_get(hass).issues.values()}
    assert "sensors_unavailable" not in issues


async def test_silence_is_measured_by_the_rhythm(
    hass: HomeAssistant, time: Time, freezer: FrozenDateTimeFactory
) -> None:
    say(hass, 800)
    entry = clamp_entry()
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    # the same value again and again is no silence
    for _ in range(70):
        say(hass, 800)
        await _pass(time, freezer, 5)
    assert state(hass, POWER) == "800"
    await _pass(time, freezer, 8)
    assert state(hass, POWER) == "800"
    await _pass(time, freezer, 5)
    assert state(hass, POWER) == "unavailable"
    # a restart knows: what is of old is no reading
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert state(hass, POWER) == "unavailable"
    say(hass, 800)
    await _pass(time, freezer)
    assert state(hass, POWER) == "800"


async def test_a_renamed_sensor_is_followed(
    hass: HomeAssistant, time: Time, freezer: FrozenDateTimeFactory
) -> None:
    registry = er.async_get(hass)
    known = registry.async_get_or_create(
        "sensor", "shelly", "1", suggested_object_id="clamp_power"
    )
    say(hass, 800)
    entry = clamp_entry(power=[known.id])
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    registry.async_update_entity(CLAMP, new_entity_id="sensor.front")
    await _pass(time, freezer, 2)
    say(hass, 1200, entity_id="sensor.front")
    await _pass(time, freezer, 6)
    say(hass, 1300, entity_id="sensor.front")
    await _pass(time, freezer, 1)
    assert state(hass, POWER) == "1300"


async def test_subscribed_power_and_tariff_of_other_sensors(
    hass: HomeAssistant, time: Time, freezer: FrozenDateTimeFactory
) -> None:
    say(hass, 45, "A", "sensor.isousc")
    hass.states.async_set("sensor.ptec", "HPJW")
    say(hass, 800)
    entry = clamp_entry(subscribed_power_sensor="sensor.isousc", tariff="sensor.ptec")
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert state(hass, "sensor.linky_subscribed_power") == "9.0"
    assert state(hass, "sensor.linky_tariff_period") == "white_peak"
    # a tariff that is gone for a moment is unknown, and no silence
    hass.states.async_set("sensor.ptec", "unavailable")
    await _pass(time, freezer)
    assert state(hass, "sensor.linky_tariff_period") == "unknown"
    assert state(hass, POWER) == "800"

"""Energies go on whatever becomes of the meter; lasting values are held."""

from dataclasses import replace

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.linky_pilote.meter.binary_sensor import BINARY_SENSORS
from custom_components.linky_pilote.meter.sensor import SENSORS

from ..conftest import attribute, make_entry, set_up, state
from ..meters import (
    HISTORICAL_HC,
    HISTORICAL_TRI_TEMPO,
    STANDARD_TEMPO,
    STANDARD_TRI_PRODUCER,
    Meter,
)
from ..serial_line import Port, Time

TOTAL = "sensor.linky_0123_energy_drawn"
PEAK = "sensor.linky_0123_energy_peak"
POWER = "sensor.linky_0123_apparent_power"
SHOWN = "35802.467"
"""What the historical meter has counted, in kWh."""

SWITCHED = Meter(
    mode=STANDARD_TEMPO.mode,
    groups={
        **STANDARD_TEMPO.groups,
        "ADSC": HISTORICAL_HC.serial,
        "NGTF": "H PLEINE/CREUSE ",
        "LTARF": " HEURE  PLEINE  ",
        "EAST": "039802467",
        "EASF01": HISTORICAL_HC.groups["HCHC"],
        "EASF02": HISTORICAL_HC.groups["HCHP"],
        "EASF03": "004000000",
    },
    stamps=STANDARD_TEMPO.stamps,
    speed=9600,
)
"""The same meter in standard mode: a former contract left 4 MWh in the total."""

STRANGER = replace(
    HISTORICAL_HC, groups={**HISTORICAL_HC.groups, "ADCO": "022075999999"}
)


@pytest.fixture
async def entry(hass: HomeAssistant, port: Port, time: Time) -> MockConfigEntry:
    """Return the entry of a meter whose every frame is shown."""
    entry = make_entry()
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, options={"update_interval": 0})
    await set_up(hass, entry, time, port, HISTORICAL_HC.frame())
    assert state(hass, TOTAL) == SHOWN
    return entry


async def test_no_step_at_a_switch_of_mode(
    hass: HomeAssistant, port: Port, time: Time, entry: MockConfigEntry
) -> None:
    """The energy of both modes is one, and its attribute says what the meter says."""
    assert attribute(hass, TOTAL, "meter_index") is None
    await time.advance(5)
    frame = SWITCHED.frame()
    for start in range(0, 2 * len(frame), 20):
        port.send((2 * frame)[start : start + 20])
        assert state(hass, TOTAL) == SHOWN
    assert attribute(hass, TOTAL, "meter_index") == 39_802_467
    assert attribute(hass, PEAK, "meter_index") is None
    assert state(hass, POWER) == "912"

    await time.advance(5)
    port.send(SWITCHED.frame(EAST="039802500", EASF02="023456822"))
    assert state(hass, TOTAL) == "35802.5"
    assert state(hass, PEAK) == "23456.822"


async def test_no_step_at_a_restart(
    hass: HomeAssistant, port: Port, time: Time, entry: MockConfigEntry
) -> None:
    for _ in range(3):
        port.send(SWITCHED.frame())
    await hass.config_entries.async_unload(entry.entry_id)
    await set_up(hass, entry, time, port, SWITCHED.frame(EAST="039802471"))
    assert state(hass, TOTAL) == "35802.471"
    assert attribute(hass, TOTAL, "meter_index") == 39_802_471


async def test_no_step_at_a_switch_while_nobody_listened(
    hass: HomeAssistant, port: Port, time: Time, entry: MockConfigEntry
) -> None:
    await hass.config_entries.async_unload(entry.entry_id)
    await set_up(hass, entry, time, port, SWITCHED.frame())
    assert state(hass, TOTAL) == SHOWN


async def test_no_step_at_another_contract(
    hass: HomeAssistant, port: Port, time: Time, entry: MockConfigEntry
) -> None:
    """What the new contract does not count is unknown, and kept for its return."""
    groups = {"OPTARIF": "BASE", "PTEC": "TH..", "HCHC": None, "HCHP": None}
    for _ in range(6):
        port.send(HISTORICAL_HC.frame(**groups, BASE="000000007"))
    assert state(hass, TOTAL) == SHOWN
    assert state(hass, PEAK) == STATE_UNKNOWN
    port.send(HISTORICAL_HC.frame(**groups, BASE="000000009"))
    assert state(hass, TOTAL) == "35802.469"
    for wh in (1, 1, 1, 4):
        port.send(HISTORICAL_HC.frame(HCHC="000000001", HCHP=f"{wh:09d}"))
    assert state(hass, PEAK) == "23456.792"
    assert state(hass, TOTAL) == "35802.472"


async def test_no_step_at_a_replacement(
    hass: HomeAssistant, port: Port, time: Time, entry: MockConfigEntry
) -> None:
    successor = replace(
        SWITCHED,
        groups={**SWITCHED.groups, "ADSC": "042275009999", "EAST": "8".zfill(9)},
    )
    hass.config_entries.async_update_entry(entry, unique_id="042275009999")
    opened = len(port.opened)
    while len(port.opened) == opened:
        await time.settle()
    port.send(successor.frame())
    await hass.async_block_till_done()
    assert state(hass, TOTAL) == SHOWN
    assert attribute(hass, TOTAL, "meter_index") == 8
    port.send(successor.frame(EAST="000000010"))
    assert state(hass, TOTAL) == "35802.469"


async def test_no_step_at_an_index_that_fell_for_good(
    hass: HomeAssistant, port: Port, time: Time, entry: MockConfigEntry
) -> None:
    for wh in range(4):
        port.send(HISTORICAL_HC.frame(HCHP=f"{wh:09d}"))
        assert state(hass, PEAK) == ("23456.79" if wh == 3 else "23456.789")
    assert state(hass, TOTAL) == "35802.468"
    assert attribute(hass, PEAK, "meter_index") == 3


async def test_first_frame_after_a_restart_lacks_an_index(
    hass: HomeAssistant, port: Port, time: Time, entry: MockConfigEntry
) -> None:
    """Statistics would take an unknown value for nothing, the dashboard for a gap."""
    await hass.config_entries.async_unload(entry.entry_id)
    damaged = HISTORICAL_HC.frame().replace(b"HCHP 0234", b"HCHP 9234")
    setting_up = hass.async_create_task(hass.config_entries.async_setup(entry.entry_id))
    while not setting_up.done():
        await time.advance(1)
        port.send(damaged)
    await hass.async_block_till_done()
    assert state(hass, PEAK) == "23456.789"


async def test_what_lasts_is_held_while_another_meter_answers(
    hass: HomeAssistant,
    port: Port,
    time: Time,
    entry: MockConfigEntry,
    entity_registry: er.EntityRegistry,
) -> None:
    before = {state.entity_id: state for state in hass.states.async_all()}
    for _ in range(3):
        port.send(STRANGER.frame(HCHP="023456900", PAPP="05000"))
    lasting = {item.key for item in (*SENSORS, *BINARY_SENSORS) if item.lasting}
    held = set()
    for entity in er.async_entries_for_config_entry(entity_registry, entry.entry_id):
        if entity.disabled_by is None:
            key = entity.unique_id.removeprefix("id0123_")
            known = before[entity.entity_id].state
            expected = known if key in lasting else STATE_UNAVAILABLE
            assert state(hass, entity.entity_id) == expected, key
            held |= {key} & lasting
    assert {"index_total", "index_peak", "contract", "subscribed_power"} <= held

    port.unplug()
    await time.settle()
    assert {state.state for state in hass.states.async_all()} == {STATE_UNAVAILABLE}

    port.plug()
    await time.advance(1.5)
    for _ in range(2):
        port.send(STRANGER.frame())
    assert state(hass, TOTAL) == SHOWN, "the other one answers again"
    assert state(hass, POWER) == STATE_UNAVAILABLE

    for _ in range(3):
        port.send(HISTORICAL_HC.frame())
    assert state(hass, TOTAL) == SHOWN
    assert state(hass, POWER) == "720"


async def test_nothing_is_held_that_was_not_heard(
    hass: HomeAssistant, port: Port, time: Time, entry: MockConfigEntry
) -> None:
    await hass.config_entries.async_unload(entry.entry_id)
    await set_up(hass, entry, time, port, STRANGER.frame())
    assert state(hass, TOTAL) == STATE_UNAVAILABLE


def test_live_values_do_not_last() -> None:
    for item in SENSORS:
        if item.lasting:
            assert item.state_class in (None, "total_increasing"), item.key
            assert not item.immediate, item.key
    assert not any(item.lasting for item in BINARY_SENSORS)


@pytest.mark.usefixtures("all_enabled")
@pytest.mark.parametrize(
    "meter", [HISTORICAL_TRI_TEMPO, STANDARD_TEMPO, STANDARD_TRI_PRODUCER], ids=str
)
async def test_every_energy_goes_on(
    hass: HomeAssistant,
    port: Port,
    time: Time,
    entity_registry: er.EntityRegistry,
    meter: Meter,
) -> None:
    """Each index of a meter, when another one with nothing counted takes its place."""
    entry = make_entry(meter)
    await set_up(hass, entry, time, port, meter.frame())
    energies = {
        entity_id: state(hass, entity_id)
        for entity_id in hass.states.async_entity_ids("sensor")
        if attribute(hass, entity_id, "state_class") == "total_increasing"
    }
    assert len(energies) > 6
    nothing = {
        label: "0" * 9
        for label in meter.groups
        if label.startswith(("BBR", "EA", "ERQ"))
    }
    number = "ADCO" if "ADCO" in meter.groups else "ADSC"
    hass.config_entries.async_update_entry(entry, unique_id="042275009999")
    opened = len(port.opened)
    while len(port.opened) == opened:
        await time.settle()
    port.send(meter.frame(**nothing, **{number: "042275009999"}))
    await hass.async_block_till_done()
    assert {entity_id: state(hass, entity_id) for entity_id in energies} == energies

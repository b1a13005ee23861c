"""What is remembered of a meter, when it is saved, and what a bad file does."""

import errno
import json
from pathlib import Path
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store
from homeassistant.util.file import WriteError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from ..conftest import make_entry, set_up, state
from ..meters import HISTORICAL_HC
from ..serial_line import Port, Time

KEY = "linky_pilote.meter.id0123"
ENERGY = "sensor.linky_0123_energy_peak"
FIRST_RELEASE = Path(__file__).parent / "fixtures" / "first_release.json"


def index(watt_hours: int) -> bytes:
    """Return a frame with another index of the peak hours."""
    return HISTORICAL_HC.frame(HCHP=f"{watt_hours:09d}")


def saved(hass_storage: dict[str, Any]) -> dict[str, Any]:
    """Return what is in the file."""
    data: dict[str, Any] = hass_storage[KEY]["data"]
    return data


def shown(hass_storage: dict[str, Any]) -> int:
    """Return the index of the peak hours that is in the file."""
    value: int = saved(hass_storage)["continuity"]["indexes"]["index_peak"]["shown"]
    return value


@pytest.fixture
async def entry(hass: HomeAssistant, port: Port, time: Time) -> MockConfigEntry:
    """Return the entry of a meter that is being read."""
    entry = make_entry()
    await set_up(hass, entry, time, port, HISTORICAL_HC.frame())
    return entry


async def test_what_is_saved(
    hass: HomeAssistant,
    time: Time,
    entry: MockConfigEntry,
    hass_storage: dict[str, Any],
) -> None:
    """The first reading matters: it says whose values they are."""
    await time.advance(0.5)
    await hass.async_block_till_done()
    file = hass_storage[KEY]
    assert (file["version"], file["minor_version"]) == (1, 1)
    data = file["data"]
    assert data.keys() == {
        *("continuity", "cutoff_power", "marks", "peaks", "rhythm", "speed"),
    }
    assert [power for power, _ in data["peaks"].values()] == [720]
    assert data["speed"] == 9600
    assert data["cutoff_power"] is None
    assert data["continuity"]["origin"] == [
        HISTORICAL_HC.serial,
        "historical",
        "off_peak",
    ]
    assert {label: value for label, (value, _) in data["marks"].items()} == {
        "HCHC": 12_345_678,
        "HCHP": 23_456_789,
    }


async def test_saved_at_most_every_quarter_of_an_hour(
    hass: HomeAssistant,
    port: Port,
    time: Time,
    entry: MockConfigEntry,
    hass_storage: dict[str, Any],
) -> None:
    """However often it is asked for, it is neither done each time nor put off."""
    writes = []
    write = Store._async_write_data

    async def count(store: Store[Any], data: dict[str, Any]) -> None:
        if store.key == KEY:
            writes.append(hass.loop.time())
        await write(store, data)

    await time.advance(0.5)
    await hass.async_block_till_done()
    with patch.object(Store, "_async_write_data", count):
        for second in range(1900):
            await time.advance(0.5)
            port.send(index(23_456_789 + second))
        await hass.async_block_till_done()
    assert len(writes) == 1
    assert 23_456_789 + 890 * 2 - 100 < shown(hass_storage) < 23_456_789 + 1830


async def test_what_matters_is_saved_at_once(
    hass: HomeAssistant,
    port: Port,
    time: Time,
    entry: MockConfigEntry,
    hass_storage: dict[str, Any],
) -> None:
    await time.advance(0.5)
    for wh in range(3):
        port.send(index(10 + wh))
    await time.advance(0.5)
    await hass.async_block_till_done()
    assert saved(hass_storage)["continuity"]["indexes"]["index_peak"]["raw"] == 12
    assert shown(hass_storage) == 23_456_789


async def test_saved_when_unloaded(
    hass: HomeAssistant,
    port: Port,
    time: Time,
    entry: MockConfigEntry,
    hass_storage: dict[str, Any],
) -> None:
    await time.advance(5)
    port.send(index(23_456_800))
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert shown(hass_storage) == 23_456_800


async def test_saved_at_the_stop_of_home_assistant(
    hass: HomeAssistant,
    port: Port,
    time: Time,
    entry: MockConfigEntry,
    hass_storage: dict[str, Any],
) -> None:
    await time.advance(5)
    port.send(index(23_456_800))
    await hass.async_stop(force=True)
    assert shown(hass_storage) == 23_456_800


async def test_removed_with_the_entry(
    hass: HomeAssistant, entry: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert KEY not in hass_storage


async def test_full_disk(
    hass: HomeAssistant,
    port: Port,
    time: Time,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Reading goes on, and so does unloading."""
    full = WriteError(OSError(errno.ENOSPC, "No space left on device"))
    with patch.object(Store, "_async_write_data", side_effect=full):
        entry = make_entry()
        await set_up(hass, entry, time, port, HISTORICAL_HC.frame())
        await time.advance(5)
        port.send(index(23_456_800))
        assert state(hass, ENERGY) == "23456.8"
        assert await hass.config_entries.async_unload(entry.entry_id)
        assert entry.state is ConfigEntryState.NOT_LOADED
    ours = [r for r in caplog.records if f"config for {KEY}" in r.message]
    assert len(ours) == 2, "when the meter was first heard, and at the end"


async def test_first_value_after_a_restart_is_not_believed_blindly(
    hass: HomeAssistant, port: Port, time: Time, entry: MockConfigEntry
) -> None:
    await hass.config_entries.async_unload(entry.entry_id)
    await set_up(hass, entry, time, port, index(93_456_789))
    assert state(hass, ENERGY) == "23456.789"
    await time.advance(5)
    port.send(index(23_456_790))
    assert state(hass, ENERGY) == "23456.79"


async def test_clock_that_was_wrong_costs_three_frames_at_most(
    hass: HomeAssistant,
    port: Port,
    time: Time,
    entry: MockConfigEntry,
    hass_storage: dict[str, Any],
) -> None:
    await hass.config_entries.async_unload(entry.entry_id)
    for mark in saved(hass_storage)["marks"].values():
        mark[1] += 10**9
    for remembered in saved(hass_storage)["continuity"]["indexes"].values():
        remembered["time"] += 10**9
    await set_up(hass, entry, time, port, index(23_460_000))
    assert state(hass, ENERGY) == "23456.789"
    for wh in (1, 2):
        await time.advance(5)
        port.send(index(23_460_000 + wh))
    assert state(hass, ENERGY) == "23460.002"


async def test_marks_are_those_of_one_meter(
    hass: HomeAssistant, port: Port, time: Time, entry: MockConfigEntry
) -> None:
    """The indexes of the meter that took its place are no leaps."""
    await hass.config_entries.async_unload(entry.entry_id)
    hass.config_entries.async_update_entry(entry, unique_id="042275009999")
    await set_up(
        hass,
        entry,
        time,
        port,
        HISTORICAL_HC.frame(ADCO="042275009999", HCHC="000000001", HCHP="000000001"),
    )
    assert state(hass, ENERGY) == "23456.789"
    found = hass.states.get(ENERGY)
    assert found is not None
    assert found.attributes["meter_index"] == 1


async def test_speed_is_remembered(hass: HomeAssistant, port: Port, time: Time) -> None:
    port.speed = 1200
    entry = make_entry()
    entry.add_to_hass(hass)
    for _ in range(2):
        task = hass.async_create_task(hass.config_entries.async_setup(entry.entry_id))
        while not task.done():
            await time.advance(0.5, port, HISTORICAL_HC)
        await hass.async_block_till_done()
        await hass.config_entries.async_unload(entry.entry_id)
    assert port.opened == [9600, 1200, 1200]


async def test_nothing_is_saved_of_a_port_that_cannot_be_opened(
    hass: HomeAssistant, port: Port, time: Time, hass_storage: dict[str, Any]
) -> None:
    port.unplug()
    await set_up(hass, make_entry(), time, port)
    assert KEY not in hass_storage


@pytest.mark.parametrize(
    "spoil",
    [
        {"speed": "fast"},
        {"cutoff_power": 6.5},
        {"marks": {"HCHC": [1]}},
        {"marks": 3},
        {"continuity": {}},
        {"continuity": None},
    ],
    ids=str,
)
async def test_file_that_makes_no_sense(
    hass: HomeAssistant,
    port: Port,
    time: Time,
    entry: MockConfigEntry,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
    spoil: dict[str, Any],
) -> None:
    await hass.config_entries.async_unload(entry.entry_id)
    hass_storage[KEY]["data"] |= spoil
    await set_up(hass, entry, time, port, index(5))
    assert state(hass, ENERGY) == "0.005"
    assert caplog.text.count("begun anew") == 1
    assert HISTORICAL_HC.serial not in caplog.text.partition("begun anew")[2]
    await hass.config_entries.async_unload(entry.entry_id)
    assert shown(hass_storage) == 5


async def test_days_that_make_no_sense_spoil_nothing_else(
    hass: HomeAssistant,
    port: Port,
    time: Time,
    entry: MockConfigEntry,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    await hass.config_entries.async_unload(entry.entry_id)
    continuity = hass_storage[KEY]["data"]["continuity"]
    hass_storage[KEY]["data"]["peaks"] = {"yesterday": [1, True]}
    await set_up(hass, entry, time, port, index(6))
    assert "are forgotten" in caplog.text
    assert "begun anew" not in caplog.text
    await hass.config_entries.async_unload(entry.entry_id)
    kept = hass_storage[KEY]["data"]["continuity"]
    assert kept.keys() == continuity.keys()


async def test_file_of_a_newer_version(
    hass: HomeAssistant,
    port: Port,
    time: Time,
    entry: MockConfigEntry,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The meter is read; the file is left to the version that wrote it."""
    await hass.config_entries.async_unload(entry.entry_id)
    newer = {**hass_storage[KEY], "version": 2, "data": {"all": "new"}}
    hass_storage[KEY] = newer
    await set_up(hass, entry, time, port, index(23_456_800))
    assert state(hass, ENERGY) == "23456.8"
    assert caplog.text.count("begun anew") == 1
    await hass.config_entries.async_unload(entry.entry_id)
    assert hass_storage[KEY] == newer


async def test_file_of_a_newer_minor_version(
    hass: HomeAssistant,
    port: Port,
    time: Time,
    entry: MockConfigEntry,
    hass_storage: dict[str, Any],
) -> None:
    """It says more than is understood here, and nothing else."""
    for wh in range(3):
        port.send(index(10 + wh))
    await hass.config_entries.async_unload(entry.entry_id)
    hass_storage[KEY]["minor_version"] = 9
    hass_storage[KEY]["data"]["more"] = 3
    await set_up(hass, entry, time, port, index(13))
    assert state(hass, ENERGY) == "23456.79"


async def test_entry_and_file_of_the_first_release(
    hass: HomeAssistant, port: Port, time: Time, hass_storage: dict[str, Any]
) -> None:
    """Whatever comes later can read them: migrations are tried on this file."""
    release = json.loads(FIRST_RELEASE.read_text("utf-8"))
    hass_storage[KEY] = release["store"]
    fields = release["entry"]
    entry = MockConfigEntry(
        data=fields["data"],
        domain="linky_pilote",
        minor_version=fields["minor_version"],
        options=fields["options"],
        title=fields["title"],
        unique_id=fields["unique_id"],
        version=fields["version"],
    )
    await set_up(hass, entry, time, port, HISTORICAL_HC.frame(HCHP="000000112"))
    assert entry.state is ConfigEntryState.LOADED
    assert port.opened == [1200]
    assert state(hass, ENERGY) == "23456.889"


@pytest.mark.parametrize(
    ("version", "minor_version", "outcome"),
    [
        (1, 9, ConfigEntryState.LOADED),
        (2, 1, ConfigEntryState.MIGRATION_ERROR),
    ],
)
async def test_entry_of_a_newer_version(
    hass: HomeAssistant,
    port: Port,
    time: Time,
    version: int,
    minor_version: int,
    outcome: ConfigEntryState,
) -> None:
    entry = make_entry()
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(
        entry, version=version, minor_version=minor_version
    )
    await set_up(hass, entry, time, port, HISTORICAL_HC.frame())
    assert entry.state is outcome

"""The file of a meter's memory on a real disk: damaged, in the way, or good."""

import json
from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest

from ..conftest import make_entry, set_up, state
from ..meters import HISTORICAL_HC
from ..serial_line import Port, Time

ENERGY = "sensor.linky_0123_energy_peak"


@pytest.fixture
def hass_storage() -> dict[str, Any]:
    """Put nothing in the place of the disk."""
    return {}


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """Return a folder of the test's own."""
    return hass_tmp_config_dir


class File:
    """The file of the meter."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(exist_ok=True)

    def exists(self) -> bool:
        """Tell whether it is there."""
        return self.path.exists()

    def write(self, text: str) -> None:
        """Spoil it."""
        self.path.write_text(text, "utf-8")

    def read(self) -> dict[str, Any]:
        """Return what was saved."""
        saved: dict[str, Any] = json.loads(self.path.read_text("utf-8"))
        return saved

    def block(self) -> None:
        """Put something in its place that is no file."""
        self.path.mkdir()


@pytest.fixture
def file(hass: HomeAssistant) -> File:
    """Return where the memory is."""
    return File(Path(hass.config.path(".storage", "linky_pilote.meter.id0123")))


async def read_a_meter(hass: HomeAssistant, port: Port, time: Time) -> None:
    """Read it, and stop."""
    entry = make_entry()
    await set_up(hass, entry, time, port, HISTORICAL_HC.frame())
    assert state(hass, ENERGY) == "23456.789"
    await time.advance(6)
    port.send(HISTORICAL_HC.frame(HCHP="023456799"))
    assert state(hass, ENERGY) == "23456.799"
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert entry.state is ConfigEntryState.NOT_LOADED


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "{",
        "[]",
        "{}",
        '{"version": 1}',
        "\0\0",
        '{"version": "x", "data": {}}',
        '{"version": 1, "data": [7]}',
    ],
)
async def test_whatever_is_in_it_the_meter_is_read_and_remembered(
    hass: HomeAssistant, port: Port, time: Time, file: File, text: str | None
) -> None:
    if text is not None:
        file.write(text)
    await read_a_meter(hass, port, time)
    saved = file.read()
    assert saved["data"]["continuity"]["indexes"]["index_peak"]["shown"] == 23_456_799


async def test_neither_read_nor_written(
    hass: HomeAssistant,
    port: Port,
    time: Time,
    file: File,
    caplog: pytest.LogCaptureFixture,
) -> None:
    file.block()
    await read_a_meter(hass, port, time)
    assert caplog.text.count("A meter is begun anew") == 1
    assert "Error writing config for linky_pilote.meter.id0123" in caplog.text


async def test_removed_with_the_entry(
    hass: HomeAssistant, port: Port, time: Time, file: File
) -> None:
    entry = make_entry()
    await set_up(hass, entry, time, port, HISTORICAL_HC.frame())
    await time.advance(1)
    await hass.async_block_till_done()
    assert file.exists()
    await hass.config_entries.async_remove(entry.entry_id)
    assert not file.exists()

"""What users hand in: nothing private, and all that a test needs."""

import errno
import json
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers.json import ExtendedJSONEncoder
import pytest

from custom_components.linky_pilote.diagnostics import (
    async_get_config_entry_diagnostics,
    describe_reading,
)
from custom_components.linky_pilote.engine.reading import MeterReading, TicMode
from custom_components.linky_pilote.engine.tic import (
    Assembler,
    Decoder,
    Mask,
    encode_group,
)

from .conftest import PORT, make_entry, set_up
from .meters import HISTORICAL_HC, METERS, STANDARD_TEMPO
from .recordings import heard
from .serial_line import NOISE, Port, Ports, Time


async def download(hass: HomeAssistant, entry: Any) -> tuple[str, dict[str, Any]]:
    """Return a file of diagnostics, as text and as it is read back."""
    data = await async_get_config_entry_diagnostics(hass, entry)
    text = json.dumps({"data": data}, cls=ExtendedJSONEncoder)
    return text, json.loads(text)


def decode(line: bytes) -> MeterReading:
    """Return the last reading of a line."""
    decoder, assembler = Decoder(), Assembler()
    events = decoder.feed(line)
    taken = [assembler.take(event, 0) for event in events]
    return [reading for reading in taken if isinstance(reading, MeterReading)][-1]


@pytest.mark.parametrize("name", METERS)
async def test_file_is_a_recording_of_the_same_reading(
    hass: HomeAssistant, port: Port, time: Time, name: str
) -> None:
    meter = METERS[name]
    entry = make_entry(meter)
    frames = [meter.frame()] * 3
    await set_up(hass, entry, time, port, b"PRM\t0123456", *frames)
    text, file = await download(hass, entry)
    assert meter.serial not in text
    assert meter.serial[6:] not in text
    assert "id0" not in text
    if "PRM" in meter.groups:
        assert meter.groups["PRM"] not in text

    line = heard(file)
    assert len(line) == 3 * len(meter.frame())
    reading = decode(line)
    assert reading.complete
    mask = Mask()
    mask.number(meter.serial)
    described = json.dumps(describe_reading(reading, mask), cls=ExtendedJSONEncoder)
    again = file["data"]["reading"]
    assert json.loads(described)["apparent_power"] == again["apparent_power"]
    unmasked = json.loads(
        json.dumps(describe_reading(reading, Unmasked()), cls=ExtendedJSONEncoder)
    )
    assert unmasked == again
    assert again["serial"] == f"{meter.serial[:6]}000001"


class Unmasked(Mask):
    """Leaves numbers as they are: those of a recording are masked already."""

    def number(self, number: str, *, meter: bool = True) -> str:
        """Return the number itself."""
        return number


async def test_figures(hass: HomeAssistant, port: Port, time: Time) -> None:
    entry = make_entry()
    await set_up(hass, entry, time, port, HISTORICAL_HC.frame())
    mode = TicMode.HISTORICAL
    port.send(HISTORICAL_HC.frame(HCHP="099999999"))
    port.send(encode_group(mode, "NEW", "5") + encode_group(mode, "NEW", "0123456789"))
    port.send(b"\nPAPP 00260 +\r")
    _, file = await download(hass, entry)
    data = file["data"]
    assert data["entry"] == {
        "data": {"serial_port": PORT, "meter_id": "**REDACTED**"},
        "meter_number": "022075000001",
        "options": {},
        "version": [1, 1],
    }
    line = data["line"]
    assert line.pop("received") > 300
    assert line == {
        "battery": None,
        "accepted": 22,
        "connected": True,
        "connections": 1,
        "frames": 2,
        "held": {"HCHP": 1},
        "rejected": {"checksum": 1},
        "speed": 9600,
        "unknown": {"NEW": 2},
    }
    assert data["unknown_labels"] == {"NEW": "0000000000"}


async def test_only_the_last_of_a_long_line_is_kept(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    entry = make_entry(STANDARD_TEMPO)
    await set_up(hass, entry, time, port, STANDARD_TEMPO.frame())
    for _ in range(60):
        port.send(STANDARD_TEMPO.frame())
    _, file = await download(hass, entry)
    line = heard(file)
    assert 8000 < len(line) <= 8192
    assert line.endswith(b"\x03")
    assert decode(line).complete


async def test_line_on_which_nothing_was_understood(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    """The set-up failed: that is when the file is wanted most."""
    entry = make_entry()
    entry.add_to_hass(hass)
    task = hass.async_create_task(hass.config_entries.async_setup(entry.entry_id))
    while not task.done():
        port.send(b"\n" + bytes(byte | 0x80 for byte in NOISE))
        await time.advance(1)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    _, file = await download(hass, entry)
    assert file["data"]["reading"] is None
    assert file["data"]["line"]["connections"] > 5
    assert not file["data"]["line"]["connected"]
    assert len(heard(file)) > 1000


async def test_silent_line_on_the_network(
    hass: HomeAssistant, ports: Ports, time: Time
) -> None:
    entry = make_entry(url="socket://user:secret@meter:2000")
    port = ports["socket://user:secret@meter:2000"]
    await set_up(hass, entry, time, port, HISTORICAL_HC.frame())
    text, file = await download(hass, entry)
    assert "secret" not in text
    entry_data = file["data"]["entry"]["data"]
    assert entry_data["serial_port"] == "socket://**REDACTED**"
    assert file["data"]["line"]["speed"] is None


async def test_entry_that_does_not_run(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    entry = make_entry()
    port.error = FileNotFoundError(errno.ENOENT, "No such file")
    await set_up(hass, entry, time, port)
    _, file = await download(hass, entry)
    assert heard(file) == b""

    port.plug()
    await hass.config_entries.async_unload(entry.entry_id)
    await set_up(hass, entry, time, port, HISTORICAL_HC.frame())
    await hass.config_entries.async_unload(entry.entry_id)
    _, file = await download(hass, entry)
    assert file["data"].keys() == {"entry"}

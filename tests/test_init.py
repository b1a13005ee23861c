"""Setting a meter up, losing it, finding it again, taking it down."""

import errno
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import STATE_UNAVAILABLE, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, issue_registry as ir
import pytest

from custom_components.linky_pilote.const import DATA_METER_CLOCK, DOMAIN
from custom_components.linky_pilote.engine.tic import encode_group

from .conftest import PORT, make_entry, set_up, state
from .meters import HISTORICAL_HC, STANDARD_TEMPO, Meter
from .serial_line import NOISE, Port, Ports, Time

POWER = "sensor.linky_0123_apparent_power"

STRANGER = Meter(
    mode=HISTORICAL_HC.mode,
    groups={**HISTORICAL_HC.groups, "ADCO": "022075999999"},
    stamps={},
    speed=1200,
)


async def test_set_up_and_unload(
    hass: HomeAssistant,
    port: Port,
    time: Time,
    device_registry: dr.DeviceRegistry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    entry = make_entry()
    await set_up(hass, entry, time, port, HISTORICAL_HC.frame())
    assert entry.state is ConfigEntryState.LOADED
    assert state(hass, POWER) == "720"

    device = device_registry.async_get_device_by_identifier(
        (DOMAIN, "id0123"), entry.entry_id
    )
    assert device is not None
    assert device.name == "Linky 0123"
    assert device.manufacturer == "Sagemcom"
    assert device.model == "Linky G3 90 A (1 phase)"
    assert device.serial_number == HISTORICAL_HC.serial

    assert await hass.config_entries.async_unload(entry.entry_id)
    assert entry.state is ConfigEntryState.NOT_LOADED
    assert port.transport is None
    assert state(hass, POWER) == STATE_UNAVAILABLE
    assert "Detected that custom integration" not in caplog.text
    assert not [r for r in caplog.records if r.levelname == "ERROR"]


async def test_reload_never_meets_its_own_lock(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    entry = make_entry()
    await set_up(hass, entry, time, port, HISTORICAL_HC.frame())
    for _ in range(3):
        task = hass.async_create_task(hass.config_entries.async_reload(entry.entry_id))
        opened = len(port.opened)
        while len(port.opened) == opened:
            await time.settle()
        port.send(HISTORICAL_HC.frame())
        assert await task
        assert entry.state is ConfigEntryState.LOADED
    assert port.attempts == 4


async def test_failed_platforms_keep_the_line(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    entry = make_entry()
    await set_up(hass, entry, time, port, HISTORICAL_HC.frame())
    with patch.object(
        hass.config_entries, "async_unload_platforms", return_value=False
    ):
        assert not await hass.config_entries.async_unload(entry.entry_id)
    assert port.transport is not None
    port.send(HISTORICAL_HC.frame(PAPP="00730"))


async def test_home_assistant_stops(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    await set_up(hass, make_entry(), time, port, HISTORICAL_HC.frame())
    await hass.async_stop(force=True)
    assert port.transport is None


@pytest.mark.parametrize(
    ("error", "key"),
    [
        (FileNotFoundError(errno.ENOENT, "No such file"), "no_such_port"),
        (OSError(errno.EBUSY, "already locked"), "port_busy"),
        (PermissionError(errno.EACCES, "Permission denied"), "cannot_open"),
    ],
)
async def test_port_that_cannot_be_opened(
    hass: HomeAssistant, port: Port, time: Time, error: OSError, key: str
) -> None:
    entry = make_entry()
    port.error = error
    await set_up(hass, entry, time, port)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == key
    assert entry.error_reason_translation_placeholders == {
        "port": PORT,
        "error": str(error),
        "received": "0",
    }
    attempts = port.attempts
    await time.advance(4)
    assert port.attempts == attempts, "nothing goes on in the background"

    port.plug()
    task = hass.async_create_task(hass.config_entries.async_reload(entry.entry_id))
    while port.transport is None:
        await time.settle()
    port.send(HISTORICAL_HC.frame())
    assert await task
    assert state(hass, POWER) == "720"


@pytest.mark.parametrize(
    ("heard", "key"),
    [
        (b"", "silent_line"),
        (b"\x00\xff", "silent_line"),
        (NOISE, "noise_only"),
        (b"\nPTEC HP..  \r", "mode_not_recognised"),
    ],
)
async def test_line_without_readings(
    hass: HomeAssistant, port: Port, time: Time, heard: bytes, key: str
) -> None:
    entry = make_entry()
    entry.add_to_hass(hass)
    task = hass.async_create_task(hass.config_entries.async_setup(entry.entry_id))
    while port.transport is None:
        await time.settle()
    while not task.done():
        port.send(heard)
        await time.advance(1)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == key
    assert port.transport is None


async def test_meter_that_never_completes_a_frame(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    """What was heard is enough to start with: noise must not keep the home dark."""
    entry = make_entry()
    damaged = HISTORICAL_HC.frame().replace(b"PAPP", b"PAPQ")
    entry.add_to_hass(hass)
    task = hass.async_create_task(hass.config_entries.async_setup(entry.entry_id))
    while port.transport is None:
        await time.settle()
    for _ in range(22):
        port.send(damaged)
        await time.advance(1)
    await task
    assert entry.state is ConfigEntryState.LOADED
    assert hass.states.get(POWER) is None
    assert state(hass, "sensor.linky_0123_energy_peak") == "23456.789"


async def test_unplugged_and_plugged_in_again(
    hass: HomeAssistant, port: Port, time: Time, caplog: pytest.LogCaptureFixture
) -> None:
    await set_up(hass, make_entry(), time, port, HISTORICAL_HC.frame())
    port.unplug(OSError(errno.EIO, "device disconnected"))
    await time.settle()
    assert state(hass, POWER) == STATE_UNAVAILABLE
    await time.advance(120)
    assert caplog.text.count("is not heard any more") == 1
    assert "connection_lost: [Errno 5] device disconnected" in caplog.text

    port.plug()
    await time.advance(61)
    assert port.transport is not None
    # The first frame is heard from its middle: whose it is is not certain yet
    port.send(encode_group(HISTORICAL_HC.mode, "PAPP", "09999") + b"\x03")
    assert state(hass, POWER) == STATE_UNAVAILABLE
    port.send(HISTORICAL_HC.frame(PAPP="00810"))
    assert state(hass, POWER) == "810"
    assert caplog.text.count("is heard again") == 1


async def test_end_of_stream_is_a_loss_too(
    hass: HomeAssistant, port: Port, time: Time, caplog: pytest.LogCaptureFixture
) -> None:
    await set_up(hass, make_entry(), time, port, HISTORICAL_HC.frame())
    assert port.transport is not None
    port.transport.lose(None)
    await time.settle()
    assert state(hass, POWER) == STATE_UNAVAILABLE
    await time.advance(1.5)
    port.send(HISTORICAL_HC.frame())
    assert state(hass, POWER) == "720"


@pytest.mark.parametrize(
    ("heard", "problem"), [(b"", "silent_line"), (NOISE, "noise_only")]
)
async def test_line_gone_quiet_or_bad(
    hass: HomeAssistant,
    port: Port,
    time: Time,
    caplog: pytest.LogCaptureFixture,
    heard: bytes,
    problem: str,
) -> None:
    await set_up(hass, make_entry(), time, port, HISTORICAL_HC.frame())
    for _ in range(9):
        port.send(heard)
        await time.advance(1)
    assert state(hass, POWER) == "720"
    for _ in range(20):
        port.send(heard)
        await time.advance(1)
    assert state(hass, POWER) == STATE_UNAVAILABLE
    assert caplog.text.count("is not heard any more") == 1
    assert problem in caplog.text

    while port.transport is None:
        await time.advance(0.5)
    port.send(HISTORICAL_HC.frame())
    assert state(hass, POWER) == "720"
    assert caplog.text.count("is heard again") == 1


async def test_speed_is_found_and_a_switch_of_mode_followed(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    """Enedis switches the meter to standard mode: the entities stay what they are."""
    port.speed = 1200
    entry = make_entry()
    entry.add_to_hass(hass)
    task = hass.async_create_task(hass.config_entries.async_setup(entry.entry_id))
    while not task.done():
        await time.advance(0.5, port, HISTORICAL_HC)
    await hass.async_block_till_done()
    assert port.opened == [9600, 1200]
    before = set(hass.states.async_entity_ids())

    port.speed = 9600
    switched = Meter(
        mode=STANDARD_TEMPO.mode,
        groups={
            **STANDARD_TEMPO.groups,
            "ADSC": HISTORICAL_HC.serial,
            "NGTF": "H PLEINE/CREUSE ",
            "LTARF": " HEURE  PLEINE  ",
        },
        stamps=STANDARD_TEMPO.stamps,
        speed=9600,
    )
    await time.advance(8, port, switched)
    await hass.async_block_till_done()
    assert port.opened == [9600, 1200, 9600]
    assert state(hass, POWER) == "912"
    assert state(hass, "sensor.linky_0123_voltage") == "236"
    assert state(hass, "sensor.linky_0123_energy_off_peak") == "12345.678"
    assert before <= set(hass.states.async_entity_ids())


async def test_another_meter_at_run_time(
    hass: HomeAssistant,
    port: Port,
    time: Time,
    issue_registry: ir.IssueRegistry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    entry = make_entry()
    await set_up(hass, entry, time, port, HISTORICAL_HC.frame())
    for _ in range(3):
        port.send(STRANGER.frame(PAPP="05000"))
    assert state(hass, POWER) == STATE_UNAVAILABLE
    assert caplog.text.count("another meter answers") == 1
    assert HISTORICAL_HC.serial not in caplog.text
    issue = issue_registry.async_get_issue(DOMAIN, f"other_meter_{entry.entry_id}")
    assert issue is not None
    assert issue.is_fixable
    assert issue.translation_key == "other_meter"
    assert issue.translation_placeholders == {
        "name": "Linky 0123",
        "expected": "0123",
        "found": "9999",
    }

    for _ in range(3):
        port.send(HISTORICAL_HC.frame())
    assert state(hass, POWER) == "720"
    assert not issue_registry.issues
    assert caplog.text.count("the right meter answers again") == 1


async def test_another_meter_at_the_start(
    hass: HomeAssistant, port: Port, time: Time, issue_registry: ir.IssueRegistry
) -> None:
    entry = make_entry()
    await set_up(hass, entry, time, port, STRANGER.frame())
    assert entry.state is ConfigEntryState.LOADED
    assert not hass.states.async_all()
    assert len(issue_registry.issues) == 1
    for _ in range(3):
        port.send(HISTORICAL_HC.frame())
    await hass.async_block_till_done()
    assert state(hass, POWER) == "720"
    assert not issue_registry.issues

    for _ in range(3):
        port.send(STRANGER.frame())
    assert len(issue_registry.issues) == 1
    await hass.config_entries.async_remove(entry.entry_id)
    assert not issue_registry.issues


async def test_restart_on_another_meter(
    hass: HomeAssistant, port: Port, time: Time, issue_registry: ir.IssueRegistry
) -> None:
    """What is known is there, unavailable, until the right meter answers."""
    entry = make_entry()
    await set_up(hass, entry, time, port, HISTORICAL_HC.frame())
    await hass.config_entries.async_unload(entry.entry_id)
    await set_up(hass, entry, time, port, STRANGER.frame())
    assert entry.state is ConfigEntryState.LOADED
    assert state(hass, POWER) == STATE_UNAVAILABLE
    assert len(issue_registry.issues) == 1
    for _ in range(3):
        port.send(HISTORICAL_HC.frame())
    assert state(hass, POWER) == "720"
    assert not issue_registry.issues


async def test_meter_put_back_while_the_entry_was_not_running(
    hass: HomeAssistant, port: Port, time: Time, issue_registry: ir.IssueRegistry
) -> None:
    entry = make_entry()
    await set_up(hass, entry, time, port, STRANGER.frame())
    assert len(issue_registry.issues) == 1
    await hass.config_entries.async_unload(entry.entry_id)
    assert not issue_registry.issues, "nobody knows any more whether it is true"
    await set_up(hass, entry, time, port, HISTORICAL_HC.frame())
    assert not issue_registry.issues


async def test_two_meters_at_once(
    hass: HomeAssistant, ports: Ports, time: Time
) -> None:
    first, second = ports["/dev/ttyTIC1"], ports["/dev/ttyTIC2"]
    await set_up(
        hass,
        make_entry(HISTORICAL_HC, "/dev/ttyTIC1"),
        time,
        first,
        HISTORICAL_HC.frame(),
    )
    await set_up(
        hass,
        make_entry(STANDARD_TEMPO, "/dev/ttyTIC2"),
        time,
        second,
        STANDARD_TEMPO.frame(),
    )
    assert state(hass, POWER) == "720"
    assert state(hass, "sensor.linky_0789_apparent_power") == "912"
    first.unplug()
    await time.settle()
    assert state(hass, POWER) == STATE_UNAVAILABLE
    assert state(hass, "sensor.linky_0789_apparent_power") == "912"


async def test_what_the_registry_knows_comes_back(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    """A field that the first frame after a restart lacks has its entity all the same."""
    entry = make_entry()
    await set_up(hass, entry, time, port, HISTORICAL_HC.frame())
    await hass.config_entries.async_unload(entry.entry_id)
    await set_up(hass, entry, time, port, HISTORICAL_HC.frame(PAPP=None))
    assert state(hass, POWER) == "unknown"
    port.send(HISTORICAL_HC.frame())
    await time.advance(5)
    port.send(HISTORICAL_HC.frame())
    assert state(hass, POWER) == "720"


async def test_field_that_comes_later_and_goes(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    await set_up(hass, make_entry(), time, port, HISTORICAL_HC.frame(PAPP=None))
    assert hass.states.get(POWER) is None
    port.send(HISTORICAL_HC.frame())
    await hass.async_block_till_done()
    assert state(hass, POWER) == "720"
    await time.advance(5)
    for _ in range(3):
        port.send(HISTORICAL_HC.frame(PAPP=None))
    assert state(hass, POWER) == "unknown"


async def test_clock_of_a_demonstration(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    """At 600 times the speed an index rises by more than any contract allows."""
    energy = "sensor.linky_0123_energy_peak"
    with patch("custom_components.linky_pilote.PLATFORMS", [Platform.SENSOR]):
        hass.data[DATA_METER_CLOCK] = lambda: hass.loop.time() * 600
        await set_up(hass, make_entry(), time, port, HISTORICAL_HC.frame())
    for count in range(1, 5):
        await time.advance(5)
        port.send(HISTORICAL_HC.frame(HCHP=f"{23456789 + count * 5000:09d}"))
        assert state(hass, energy) == str(23456.789 + count * 5)

"""What is told to the user, what can be done about it, and when it goes."""

import asyncio
import errno
from typing import Any
from unittest.mock import patch

from homeassistant.components.usb import SerialPortConsumer
from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.linky_pilote.const import DOMAIN

from .conftest import PORT, make_entry, set_up, state
from .meters import HISTORICAL_HC, STANDARD_TEMPO, Meter
from .serial_line import NOISE, Port, Ports, Time

POWER = "sensor.linky_0123_apparent_power"

SUCCESSOR = Meter(
    mode=HISTORICAL_HC.mode,
    groups={**HISTORICAL_HC.groups, "ADCO": "042275009999", "PAPP": "01230"},
    stamps={},
    speed=1200,
)
SWITCHED = Meter(
    mode=STANDARD_TEMPO.mode,
    groups={**STANDARD_TEMPO.groups, "ADSC": HISTORICAL_HC.serial},
    stamps=STANDARD_TEMPO.stamps,
    speed=9600,
)


@pytest.fixture
async def entry(hass: HomeAssistant, port: Port, time: Time) -> MockConfigEntry:
    """Return the entry of a meter that is being read."""
    entry = make_entry()
    await set_up(hass, entry, time, port, HISTORICAL_HC.frame())
    return entry


def told(issue_registry: ir.IssueRegistry) -> list[str | None]:
    """Return the translation keys of what is told."""
    return [issue.translation_key for issue in issue_registry.issues.values()]


class Repairs:
    """The repairs page, as the frontend uses it."""

    def __init__(self, client: Any) -> None:
        self._client = client

    async def start(self, issue_id: str) -> dict[str, Any]:
        """Open the dialog of an issue."""
        return await self._post(
            "/api/repairs/issues/fix", {"handler": DOMAIN, "issue_id": issue_id}
        )

    async def go_on(self, result: dict[str, Any]) -> dict[str, Any]:
        """Agree."""
        return await self._post(f"/api/repairs/issues/fix/{result['flow_id']}", {})

    async def _post(self, path: str, data: dict[str, Any]) -> dict[str, Any]:
        response = await self._client.post(path, json=data)
        answer: dict[str, Any] = await response.json()
        assert response.status == 200, answer
        return answer


@pytest.fixture
async def repairs(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> Repairs:
    """Return the repairs page."""
    assert await async_setup_component(hass, "repairs", {})
    return Repairs(await hass_client())


async def test_meter_was_replaced(
    hass: HomeAssistant,
    port: Port,
    time: Time,
    entry: MockConfigEntry,
    repairs: Repairs,
    issue_registry: ir.IssueRegistry,
    device_registry: dr.DeviceRegistry,
) -> None:
    entities = set(hass.states.async_entity_ids())
    for _ in range(3):
        port.send(SUCCESSOR.frame())
    assert state(hass, POWER) == STATE_UNAVAILABLE
    result = await repairs.start(f"other_meter_{entry.entry_id}")
    assert result["type"] == "form"
    assert result["description_placeholders"] == {
        "name": "Linky 0123",
        "expected": "0123",
        "found": "9999",
    }
    assert entry.unique_id == HISTORICAL_HC.serial

    opened = len(port.opened)
    result = await repairs.go_on(result)
    assert result["type"] == "create_entry"
    while len(port.opened) == opened:
        await time.settle()
    port.send(SUCCESSOR.frame())
    await hass.async_block_till_done()
    assert entry.unique_id == SUCCESSOR.serial
    assert entry.title == "Linky 9999"
    assert entry.data == {"serial_port": PORT, "meter_id": "id0123"}
    assert state(hass, POWER) == "1230"
    assert set(hass.states.async_entity_ids()) == entities
    (device,) = dr.async_entries_for_config_entry(device_registry, entry.entry_id)
    assert device.serial_number == SUCCESSOR.serial
    assert not issue_registry.issues


async def test_meter_that_another_entry_reads(
    hass: HomeAssistant,
    port: Port,
    entry: MockConfigEntry,
    repairs: Repairs,
    issue_registry: ir.IssueRegistry,
) -> None:
    make_entry(SUCCESSOR, "/dev/ttyNONE").add_to_hass(hass)
    for _ in range(3):
        port.send(SUCCESSOR.frame())
    result = await repairs.start(f"other_meter_{entry.entry_id}")
    result = await repairs.go_on(result)
    assert result["type"] == "abort"
    assert result["reason"] == "already_configured"
    assert entry.unique_id == HISTORICAL_HC.serial
    assert told(issue_registry) == ["other_meter"]


async def test_adapter_put_back_meanwhile(
    hass: HomeAssistant,
    port: Port,
    entry: MockConfigEntry,
    repairs: Repairs,
    issue_registry: ir.IssueRegistry,
) -> None:
    for _ in range(3):
        port.send(SUCCESSOR.frame())
    result = await repairs.start(f"other_meter_{entry.entry_id}")
    for _ in range(3):
        port.send(HISTORICAL_HC.frame())
    assert not issue_registry.issues
    assert state(hass, POWER) == "720"
    assert result["type"] == "form"


@pytest.mark.parametrize(
    ("heard", "key"), [(b"", "line_silent"), (NOISE, "line_noisy")]
)
async def test_line_quiet_or_bad_for_long(
    hass: HomeAssistant,
    port: Port,
    time: Time,
    entry: MockConfigEntry,
    issue_registry: ir.IssueRegistry,
    heard: bytes,
    key: str,
) -> None:
    for second in range(925):
        port.send(heard)
        await time.advance(1)
        if second == 890:
            assert not issue_registry.issues
    assert told(issue_registry) == [key]
    issue = issue_registry.async_get_issue(DOMAIN, f"outage_{entry.entry_id}")
    assert issue is not None
    assert not issue.is_fixable
    assert issue.translation_placeholders == {"name": "Linky 0123", "port": PORT}
    while port.transport is None:
        await time.advance(0.5)
    port.send(HISTORICAL_HC.frame())
    assert not issue_registry.issues


async def test_short_outages_are_not_told(
    hass: HomeAssistant,
    port: Port,
    time: Time,
    entry: MockConfigEntry,
    issue_registry: ir.IssueRegistry,
) -> None:
    for _ in range(3):
        await time.advance(500)
        while port.transport is None:
            await time.advance(0.5)
        port.send(HISTORICAL_HC.frame())
    assert not issue_registry.issues


async def test_port_that_is_busy_for_long(
    hass: HomeAssistant,
    port: Port,
    time: Time,
    entry: MockConfigEntry,
    issue_registry: ir.IssueRegistry,
) -> None:
    """Who is in the way is named; the meter that wants the port is not in the way."""
    users = {
        PORT: [
            SerialPortConsumer(kind="config_entry", title=title, active=True, domain=of)
            for title, of in (("Linky 0123", DOMAIN), ("Zigbee", "zha"))
        ]
    }
    port.unplug()
    port.error = OSError(errno.EBUSY, "already locked")
    with patch(
        "custom_components.linky_pilote.flows.ports.async_get_serial_port_consumers",
        return_value=users,
    ):
        await time.advance(910)
        while told(issue_registry) == ["port_busy_unknown"]:
            await time.settle()
    (issue,) = issue_registry.issues.values()
    assert issue.translation_key == "port_busy"
    assert issue.translation_placeholders == {
        "name": "Linky 0123",
        "port": PORT,
        "user": "Zigbee",
    }


async def test_port_that_is_free_before_its_user_is_known(
    hass: HomeAssistant,
    port: Port,
    time: Time,
    entry: MockConfigEntry,
    issue_registry: ir.IssueRegistry,
) -> None:
    known = asyncio.Event()

    async def look(*_: object) -> str:
        await known.wait()
        return "minicom"

    port.unplug()
    port.error = OSError(errno.EBUSY, "already locked")
    with patch("custom_components.linky_pilote.meter.issues.async_port_user", look):
        await time.advance(910)
        assert told(issue_registry) == ["port_busy_unknown"]
        port.plug()
        while port.transport is None:
            await time.advance(0.5)
        port.send(HISTORICAL_HC.frame())
        assert not issue_registry.issues
        known.set()
        await time.settle()
    assert not issue_registry.issues


async def test_bridge_gone_for_long(
    hass: HomeAssistant, ports: Ports, time: Time, issue_registry: ir.IssueRegistry
) -> None:
    url = "socket://[fd00::1]:23"
    bridge = ports[url]
    entry = make_entry(url=url)
    await set_up(hass, entry, time, bridge, HISTORICAL_HC.frame())
    bridge.unplug()
    bridge.error = OSError(errno.EHOSTUNREACH, "No route to host")
    await time.advance(910)
    assert told(issue_registry) == ["bridge_gone"]
    issue = issue_registry.async_get_issue(DOMAIN, f"outage_{entry.entry_id}")
    assert issue is not None
    assert issue.translation_placeholders == {
        "name": "Linky 0123",
        "port": "[fd00::1]:23",
    }


@pytest.mark.parametrize(
    ("error", "key"),
    [
        (FileNotFoundError(errno.ENOENT, "No such file"), "port_gone"),
        (OSError(errno.EBUSY, "already locked"), "port_busy_unknown"),
    ],
)
async def test_port_gone_for_long(
    hass: HomeAssistant,
    port: Port,
    time: Time,
    entry: MockConfigEntry,
    issue_registry: ir.IssueRegistry,
    error: OSError,
    key: str,
) -> None:
    port.unplug()
    port.error = error
    await time.advance(910)
    assert told(issue_registry) == [key]

    port.plug()
    await time.advance(80)
    assert told(issue_registry) == ["line_silent"], "it is there, but says nothing"
    while port.transport is None:
        await time.advance(0.5)
    port.send(SUCCESSOR.frame())
    port.send(SUCCESSOR.frame())
    assert told(issue_registry) == ["other_meter"]
    await time.advance(890)
    assert told(issue_registry) == ["other_meter"]
    await time.advance(35)
    assert sorted(map(str, told(issue_registry))) == ["line_silent", "other_meter"]


async def test_unloaded_while_the_line_is_quiet(
    hass: HomeAssistant,
    port: Port,
    time: Time,
    entry: MockConfigEntry,
    issue_registry: ir.IssueRegistry,
) -> None:
    await time.advance(15)
    await hass.config_entries.async_unload(entry.entry_id)
    await time.advance(1000)
    assert not issue_registry.issues


async def test_switch_of_mode_is_told_until_it_is_read(
    hass: HomeAssistant,
    port: Port,
    time: Time,
    entry: MockConfigEntry,
    repairs: Repairs,
    issue_registry: ir.IssueRegistry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for _ in range(4):
        port.send(SWITCHED.frame())
    await hass.async_block_till_done()
    assert told(issue_registry) == ["mode_standard"]
    assert caplog.text.count("is in standard mode now") == 1

    await hass.config_entries.async_unload(entry.entry_id)
    result = await repairs.start(f"mode_{entry.entry_id}")
    await set_up(hass, entry, time, port, SWITCHED.frame())
    assert told(issue_registry) == ["mode_standard"]
    assert result["description_placeholders"] == {"name": "Linky 0123"}
    result = await repairs.go_on(result)
    assert result["type"] == "create_entry"
    for _ in range(4):
        port.send(SWITCHED.frame())
    assert not issue_registry.issues


async def test_switch_of_mode_while_nobody_listened_is_told(
    hass: HomeAssistant,
    port: Port,
    time: Time,
    entry: MockConfigEntry,
    issue_registry: ir.IssueRegistry,
) -> None:
    await hass.config_entries.async_unload(entry.entry_id)
    await set_up(hass, entry, time, port, SWITCHED.frame())
    assert told(issue_registry) == ["mode_standard"]
    await hass.config_entries.async_unload(entry.entry_id)
    ir.async_delete_issue(hass, DOMAIN, f"mode_{entry.entry_id}")
    await set_up(hass, entry, time, port, SWITCHED.frame())
    assert not issue_registry.issues, "it was read"


async def test_another_meter_with_another_mode_was_not_switched(
    hass: HomeAssistant,
    port: Port,
    time: Time,
    entry: MockConfigEntry,
    issue_registry: ir.IssueRegistry,
) -> None:
    await hass.config_entries.async_unload(entry.entry_id)
    hass.config_entries.async_update_entry(entry, unique_id=STANDARD_TEMPO.serial)
    await set_up(hass, entry, time, port, STANDARD_TEMPO.frame())
    assert not issue_registry.issues


async def test_cutoff_power_is_told_when_it_changes(
    hass: HomeAssistant,
    port: Port,
    time: Time,
    entry: MockConfigEntry,
    repairs: Repairs,
    issue_registry: ir.IssueRegistry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for _ in range(4):
        port.send(SWITCHED.frame())
    ir.async_delete_issue(hass, DOMAIN, f"mode_{entry.entry_id}")
    assert not issue_registry.issues, "it appears for the first time"

    await hass.config_entries.async_unload(entry.entry_id)
    nine, six = SWITCHED.frame(), SWITCHED.frame(PCOUP="06")
    await set_up(hass, entry, time, port, six, nine, nine)
    assert not issue_registry.issues, "the first of a run may be noise"
    for frame in (nine, six, nine, six, nine):
        port.send(frame)
    assert not issue_registry.issues, "so may any that comes once"

    await hass.config_entries.async_unload(entry.entry_id)
    frames = [six] * 4
    await set_up(hass, entry, time, port, *frames)
    assert told(issue_registry) == ["cutoff_power"]
    assert caplog.text.count("cuts above 6 kVA now, not 9 kVA") == 1
    await hass.config_entries.async_unload(entry.entry_id)
    assert told(issue_registry) == ["cutoff_power"]
    result = await repairs.start(f"cutoff_power_{entry.entry_id}")
    assert result["description_placeholders"] == {
        "name": "Linky 0123",
        "before": "9",
        "now": "6",
    }
    result = await repairs.go_on(result)
    assert result["type"] == "create_entry"
    await set_up(hass, entry, time, port, *frames)
    assert not issue_registry.issues


@pytest.mark.parametrize("disable", [False, True])
async def test_nothing_remains_of_an_entry(
    hass: HomeAssistant,
    port: Port,
    entry: MockConfigEntry,
    issue_registry: ir.IssueRegistry,
    *,
    disable: bool,
) -> None:
    for _ in range(4):
        port.send(SWITCHED.frame())
    for _ in range(4):
        port.send(SUCCESSOR.frame())
    await hass.async_block_till_done()
    assert len(issue_registry.issues) == 2
    if disable:
        await hass.config_entries.async_set_disabled_by(
            entry.entry_id, ConfigEntryDisabler.USER
        )
        assert entry.state is ConfigEntryState.NOT_LOADED
    else:
        await hass.config_entries.async_remove(entry.entry_id)
    assert not issue_registry.issues

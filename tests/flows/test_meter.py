"""Adding a meter: every path, each error with its cure."""

import errno
from pathlib import Path
from typing import Any
from unittest.mock import patch

from homeassistant.components.usb import SerialPortConsumer
from homeassistant.config_entries import (
    SOURCE_IGNORE,
    SOURCE_USB,
    SOURCE_USER,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.service_info.usb import UsbServiceInfo
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.linky_pilote.const import DOMAIN
from custom_components.linky_pilote.engine.tic import encode_group

from ..conftest import PORT, make_entry
from ..meters import (
    EJP,
    HISTORICAL_HC,
    HISTORICAL_TRI_TEMPO,
    METERS,
    STANDARD_TEMPO,
    STANDARD_TRI_PRODUCER,
    Meter,
)
from ..serial_line import NOISE, Port, Ports, Time

ADAPTER = UsbServiceInfo(
    device=PORT,
    vid="0403",
    pid="6015",
    serial_number="tinfo-1234",
    manufacturer="Somebody",
    description="TeleInfo adapter",
)


async def start(hass: HomeAssistant) -> ConfigFlowResult:
    """Open the form."""
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    assert result["type"] is FlowResultType.MENU
    assert result["step_id"] == "user"
    assert result["menu_options"] == (
        *("serial_port", "network", "mqtt_topic", "entities", "grid"),
    )
    result = await answer(hass, result, {"next_step_id": "serial_port"})
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "serial_port"
    assert not result["errors"]
    return result


async def answer(
    hass: HomeAssistant, result: ConfigFlowResult, data: dict[str, Any] | None = None
) -> ConfigFlowResult:
    """Answer a step."""
    return await hass.config_entries.flow.async_configure(
        result["flow_id"], {} if data is None else data
    )


async def listen(
    hass: HomeAssistant,
    result: ConfigFlowResult,
    time: Time,
    port: Port,
    heard: bytes = b"",
) -> ConfigFlowResult:
    """Let the flow listen to its end, with this on the line each half second."""
    assert result["type"] is FlowResultType.SHOW_PROGRESS
    assert result["progress_action"] == "listen"
    assert result["description_placeholders"] == {"port": PORT}
    for _ in range(50):
        await time.settle()
        if not (flow := _step(hass, result)):
            break
        if flow != "listen":
            break
        if port.transport is not None and heard:
            port.send(heard)
        await time.advance(0.5)
    await hass.async_block_till_done()
    assert port.transport is None, "the port is closed before the form shows"
    return await hass.config_entries.flow.async_configure(result["flow_id"])


def _step(hass: HomeAssistant, result: ConfigFlowResult) -> str | None:
    """Return the step that a flow is at."""
    for flow in hass.config_entries.flow.async_progress():
        if flow["flow_id"] == result["flow_id"]:
            return flow["step_id"]
    return None


async def finish(
    hass: HomeAssistant,
    result: ConfigFlowResult,
    time: Time,
    port: Port,
    meter: Meter = HISTORICAL_HC,
) -> MockConfigEntry:
    """Confirm what was found, and let the entry set itself up."""
    assert result["step_id"] == "confirm"
    task = hass.async_create_task(answer(hass, result))
    while port.transport is None:
        await time.settle()
    port.send(meter.frame())
    result = await task
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    entry = result["result"]
    assert entry.state is ConfigEntryState.LOADED
    assert entry.version == 1
    assert entry.minor_version == 1
    assert entry.unique_id == meter.serial
    assert entry.data.keys() == {"serial_port", "meter_id"}
    assert len(entry.data["meter_id"]) == 26
    return entry


async def test_port_to_entry(hass: HomeAssistant, port: Port, time: Time) -> None:
    result = await answer(hass, await start(hass), {"serial_port": PORT})
    result = await listen(hass, result, time, port, HISTORICAL_HC.frame())
    assert result["type"] is FlowResultType.FORM
    assert result["description_placeholders"] == {
        "meter": "Sagemcom, Linky G3 90 A (1 phase), 2020",
        "number": "022075000123",
        "line": "historical mode, single-phase, consumer",
        "contract": "peak and off-peak hours",
        "power": "9 kVA",
    }
    entry = await finish(hass, result, time, port)
    assert entry.title == "Linky 0123"
    assert entry.data["serial_port"] == PORT


async def test_the_speed_that_was_found_is_not_looked_for_again(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    port.speed = 1200
    result = await answer(hass, await start(hass), {"serial_port": PORT})
    result = await listen(hass, result, time, port, HISTORICAL_HC.frame())
    await finish(hass, result, time, port)
    assert port.opened == [9600, 1200, 1200]


@pytest.mark.parametrize(
    ("meter", "found"),
    [
        (
            HISTORICAL_TRI_TEMPO,
            {
                "line": "mode historique, triphasé, consommateur",
                "contract": "Tempo, blanc aujourd’hui, "
                "couleur de demain pas encore annoncée",
                "power": "9 kVA",
            },
        ),
        (
            STANDARD_TEMPO,
            {
                "line": "mode standard, monophasé, consommateur",
                "contract": "Tempo, bleu aujourd’hui, "
                "couleur de demain pas encore annoncée",
                "power": "9 kVA",
            },
        ),
        (
            STANDARD_TRI_PRODUCER,
            {
                "line": "mode standard, triphasé, producteur",
                "contract": "Base",
                "power": "12 kVA",
            },
        ),
        (
            EJP,
            {
                "line": "mode historique, monophasé, consommateur",
                "contract": "EJP",
                "power": "6 kVA",
            },
        ),
    ],
)
async def test_what_was_found_in_french(
    hass: HomeAssistant, port: Port, time: Time, meter: Meter, found: dict[str, str]
) -> None:
    hass.config.language = "fr"
    result = await answer(hass, await start(hass), {"serial_port": PORT})
    result = await listen(hass, result, time, port, meter.frame())
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    assert found.items() <= placeholders.items()
    assert placeholders["number"] == meter.serial


async def test_meter_of_which_little_is_known(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    frame = HISTORICAL_HC.frame(ADCO="990199123456", ISOUSC=None)
    result = await answer(hass, await start(hass), {"serial_port": PORT})
    result = await listen(hass, result, time, port, frame)
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    assert placeholders["meter"] == "2001"
    assert placeholders["power"] == "not known"


async def test_older_meter_goes_by_its_maker(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    result = await answer(hass, await start(hass), {"serial_port": PORT})
    result = await listen(hass, result, time, port, EJP.frame())
    entry = await finish(hass, result, time, port, EJP)
    assert entry.title == "Itron 0654"


async def test_meter_whose_number_was_heard_wrong_at_first(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    result = await answer(hass, await start(hass), {"serial_port": PORT})
    while port.transport is None:
        await time.settle()
    port.send(b"\x02" + encode_group(HISTORICAL_HC.mode, "ADCO", "022075000129"))
    result = await listen(hass, result, time, port, HISTORICAL_HC.frame())
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    assert placeholders["number"] == HISTORICAL_HC.serial


async def test_short_frames_are_not_enough(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    """Three phases in overload: the contract comes with the next long frame only."""
    short = Meter(
        mode=HISTORICAL_TRI_TEMPO.mode,
        groups={
            "ADIR2": "018",
            "ADCO": HISTORICAL_TRI_TEMPO.serial,
            "IINST1": "002",
            "IINST2": "018",
            "IINST3": "004",
        },
        stamps={},
        speed=1200,
    ).frame()
    result = await answer(hass, await start(hass), {"serial_port": PORT})
    await time.settle()
    while port.transport is None:
        await time.settle()
    for _ in range(14):
        port.send(short)
        await time.advance(1)
    assert _step(hass, result) == "listen"
    result = await listen(hass, result, time, port, HISTORICAL_TRI_TEMPO.frame())
    assert result["step_id"] == "confirm"


@pytest.mark.parametrize(
    ("error", "key"),
    [
        (FileNotFoundError(errno.ENOENT, "No such file"), "no_such_port"),
        (OSError(errno.EBUSY, "already locked"), "port_busy_unknown"),
        (PermissionError(errno.EACCES, "Permission denied"), "cannot_open"),
    ],
)
async def test_port_that_cannot_be_opened(
    hass: HomeAssistant, port: Port, time: Time, error: OSError, key: str
) -> None:
    port.error = error
    result = await answer(hass, await start(hass), {"serial_port": PORT})
    result = await listen(hass, result, time, port)
    assert result["step_id"] == "serial_port"
    assert result["errors"] == {"serial_port": key}
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    assert placeholders["port"] == PORT
    assert placeholders["error"] == str(error)

    port.plug()
    result = await answer(hass, result, {"serial_port": PORT})
    result = await listen(hass, result, time, port, HISTORICAL_HC.frame())
    await finish(hass, result, time, port)


@pytest.mark.parametrize(
    ("heard", "key"),
    [
        (b"", "silent_line"),
        (NOISE, "noise_only"),
        (b"\nPTEC HP..  \r", "mode_not_recognised"),
    ],
)
async def test_nothing_usable_on_the_line(
    hass: HomeAssistant, port: Port, time: Time, heard: bytes, key: str
) -> None:
    result = await answer(hass, await start(hass), {"serial_port": PORT})
    result = await listen(hass, result, time, port, heard)
    assert result["step_id"] == "serial_port"
    assert result["errors"] == {"serial_port": key}
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    assert (placeholders["received"] == "0") is (not heard)

    result = await answer(hass, result, {"serial_port": PORT})
    result = await listen(hass, result, time, port, HISTORICAL_HC.frame())
    await finish(hass, result, time, port)


async def test_connection_that_ends_at_once(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    result = await answer(hass, await start(hass), {"serial_port": PORT})
    while port.transport is None:
        await time.settle()
    port.transport.lose(None)
    result = await listen(hass, result, time, port)
    assert result["errors"] == {"serial_port": "connection_lost"}


@pytest.mark.parametrize(
    ("consumers", "program", "user"),
    [
        (
            [SerialPortConsumer(kind="config_entry", title="Zigbee", active=True)],
            "",
            "Zigbee",
        ),
        (
            [SerialPortConsumer(kind="app", title="Old", active=False)],
            "minicom",
            "minicom",
        ),
        ([], "minicom", "minicom"),
    ],
)
async def test_who_uses_the_port(
    hass: HomeAssistant,
    port: Port,
    time: Time,
    tmp_path: Path,
    consumers: list[SerialPortConsumer],
    program: str,
    user: str,
) -> None:
    descriptors = tmp_path / "42" / "fd"
    descriptors.mkdir(parents=True)
    (descriptors / "0").symlink_to("/dev/null")
    (descriptors / "1").write_text("not a link")
    (descriptors / "3").symlink_to(PORT)
    (tmp_path / "42" / "comm").write_text(f"{program}\n")
    port.error = OSError(errno.EBUSY, "already locked")
    result = await answer(hass, await start(hass), {"serial_port": PORT})
    with (
        patch(
            "custom_components.linky_pilote.flows.ports.async_get_serial_port_consumers",
            return_value={"/dev/ttyUSB7": [], PORT: consumers},
        ),
        patch("custom_components.linky_pilote.flows.ports._PROGRAMS", tmp_path),
    ):
        result = await listen(hass, result, time, port)
    assert result["errors"] == {"serial_port": "port_busy"}
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    assert placeholders["user"] == user


async def test_unexpected_error(
    hass: HomeAssistant, port: Port, time: Time, caplog: pytest.LogCaptureFixture
) -> None:
    result = await answer(hass, await start(hass), {"serial_port": PORT})
    with patch(
        "custom_components.linky_pilote.sources.base.MeterSource.first_reading",
        side_effect=RuntimeError("a bug"),
    ):
        result = await listen(hass, result, time, port)
    assert result["errors"] == {"base": "unknown"}
    assert "a bug" in caplog.text
    result = await answer(hass, result, {"serial_port": PORT})
    result = await listen(hass, result, time, port, HISTORICAL_HC.frame())
    await finish(hass, result, time, port)


async def test_dialog_closed_while_listening(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    result = await answer(hass, await start(hass), {"serial_port": PORT})
    while port.transport is None:
        await time.settle()
    hass.config_entries.flow.async_abort(result["flow_id"])
    await time.settle()
    assert port.transport is None


async def test_port_already_ours(
    hass: HomeAssistant, ports: Ports, time: Time, tmp_path: Path
) -> None:
    """Whatever name it is given, the port is not even opened."""
    device = tmp_path / "ttyUSB0"
    device.touch()
    by_id = tmp_path / "usb-adapter"
    by_id.symlink_to(device)
    make_entry(url=str(by_id)).add_to_hass(hass)
    for name in (by_id, device):
        opened = ports[str(name)].attempts
        result = await answer(hass, await start(hass), {"serial_port": str(name)})
        assert result["type"] is FlowResultType.ABORT
        assert result["reason"] == "already_configured"
        assert ports[str(name)].attempts == opened


async def test_url_already_ours(hass: HomeAssistant, ports: Ports) -> None:
    make_entry(url="socket://meter:2000").add_to_hass(hass)
    result = await answer(
        hass, await start(hass), {"serial_port": "socket://meter:2000"}
    )
    assert result["reason"] == "already_configured"


async def test_meter_already_ours_on_another_port(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    make_entry(url="/dev/ttyOTHER").add_to_hass(hass)
    result = await answer(hass, await start(hass), {"serial_port": PORT})
    result = await listen(hass, result, time, port, HISTORICAL_HC.frame())
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"


async def test_stable_name_of_the_port_is_kept(
    hass: HomeAssistant, ports: Ports, time: Time
) -> None:
    by_id = "/dev/serial/by-id/usb-adapter"
    with patch(
        "custom_components.linky_pilote.flows.ports.get_serial_by_id",
        return_value=by_id,
    ):
        result = await answer(hass, await start(hass), {"serial_port": PORT})
    port = ports[by_id]
    assert result["description_placeholders"] == {"port": by_id}
    while _step(hass, result) == "listen":
        await time.advance(0.5, port, HISTORICAL_HC)
    await hass.async_block_till_done()
    result = await hass.config_entries.flow.async_configure(result["flow_id"])
    entry = await finish(hass, result, time, port)
    assert entry.data["serial_port"] == by_id


async def test_discovered_adapter(hass: HomeAssistant, port: Port, time: Time) -> None:
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USB}, data=ADAPTER
    )
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "usb_confirm"
    assert result["description_placeholders"] == {
        "name": "TeleInfo adapter",
        "port": PORT,
    }
    flow = hass.config_entries.flow.async_progress()[0]
    assert flow["context"]["title_placeholders"] == {"name": "TeleInfo adapter"}
    assert port.attempts == 0, "never opened before the user agrees"

    again = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USB}, data=ADAPTER
    )
    assert again["reason"] == "already_in_progress"

    result = await answer(hass, result)
    result = await listen(hass, result, time, port)
    assert result["step_id"] == "serial_port"
    assert result["errors"] == {"serial_port": "silent_line"}
    result = await answer(hass, result, {"serial_port": PORT})
    result = await listen(hass, result, time, port, HISTORICAL_HC.frame())
    await finish(hass, result, time, port)


async def test_discovered_adapter_without_a_description_that_was_ignored(
    hass: HomeAssistant, port: Port
) -> None:
    adapter = UsbServiceInfo(PORT, "0403", "6015", "tinfo-1", None, None)
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USB}, data=adapter
    )
    assert result["description_placeholders"] == {"name": PORT, "port": PORT}
    unique_id = hass.config_entries.flow.async_progress()[0]["context"]["unique_id"]
    await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_IGNORE},
        data={"unique_id": unique_id, "title": "An adapter"},
    )
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USB}, data=adapter
    )
    assert result["reason"] == "already_configured"


async def test_discovered_adapter_that_is_ours(hass: HomeAssistant, port: Port) -> None:
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USB}, data=ADAPTER
    )
    make_entry().add_to_hass(hass)
    result = await answer(hass, result)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"

    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USB}, data=ADAPTER
    )
    assert result["reason"] == "already_configured"
    assert port.attempts == 0


@pytest.mark.parametrize("name", METERS)
async def test_every_meter_can_be_added(
    hass: HomeAssistant, port: Port, time: Time, name: str
) -> None:
    meter = METERS[name]
    port.speed = meter.speed
    result = await answer(hass, await start(hass), {"serial_port": PORT})
    result = await listen(hass, result, time, port, meter.frame())
    assert result["step_id"] == "confirm"
    port.speed = None
    await finish(hass, result, time, port, meter)

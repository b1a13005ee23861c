"""The status register, the calendar and the messages as sensors."""

from homeassistant.const import STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from ..conftest import attribute, make_entry, set_up, state
from ..meters import HISTORICAL_HC, STANDARD_PEAK_DAYS, STANDARD_TEMPO
from ..serial_line import Port, Time


@pytest.mark.usefixtures("all_enabled")
@pytest.mark.parametrize(
    ("key", "words"),
    [
        (
            "breaker",
            {
                "013A0400": "closed",
                "013A0402": "overpower",
                "013A0404": "overvoltage",
                "013A0406": "load_shedding",
                "013A0408": "remote_order",
                "013A040A": "overheating_above_limit",
                "013A040C": "overheating_below_limit",
                "013A040E": STATE_UNKNOWN,
            },
        ),
        (
            "euridis_output",
            {
                "01220400": "off",
                "012A0400": "open",
                "01320400": STATE_UNKNOWN,
                "013A0400": "secured",
            },
        ),
        (
            "power_line_status",
            {
                "011A0400": "new_unlocked",
                "013A0400": "new_locked",
                "015A0400": "registered",
                "017A0400": STATE_UNKNOWN,
            },
        ),
        (
            "running_moving_peak",
            {
                "013A0400": "none",
                "413A0400": "peak_1",
                "813A0400": "peak_2",
                "C13A0400": "peak_3",
            },
        ),
        (
            "announced_moving_peak",
            {
                "013A0400": "none",
                "113A0400": "peak_1",
                "213A0400": "peak_2",
                "313A0400": "peak_3",
            },
        ),
    ],
)
async def test_fields_of_the_status_register(
    hass: HomeAssistant, port: Port, time: Time, key: str, words: dict[str, str]
) -> None:
    await set_up(hass, make_entry(STANDARD_TEMPO), time, port, STANDARD_TEMPO.frame())
    for word, expected in words.items():
        await time.advance(5)
        port.send(STANDARD_TEMPO.frame(STGE=word))
        assert state(hass, f"sensor.linky_0789_{key}") == expected


async def test_an_undefined_code_at_the_start(
    hass: HomeAssistant, port: Port, time: Time, caplog: pytest.LogCaptureFixture
) -> None:
    frame = STANDARD_TEMPO.frame(STGE="0172040E")
    await set_up(hass, make_entry(STANDARD_TEMPO), time, port, frame)
    assert state(hass, "sensor.linky_0789_breaker") == STATE_UNKNOWN
    assert not [r for r in caplog.records if r.levelname == "ERROR"]


async def test_nothing_of_it_in_historical_mode(
    hass: HomeAssistant, port: Port, time: Time, entity_registry: er.EntityRegistry
) -> None:
    entry = make_entry()
    await set_up(hass, entry, time, port, HISTORICAL_HC.frame())
    keys = {
        entity.translation_key
        for entity in er.async_entries_for_config_entry(entity_registry, entry.entry_id)
    }
    assert not keys & {"breaker", "breaker_open", "dry_contact", "clock_degraded"}
    assert not keys & {"missing_phase", "ejp_notice", "relay_1", "message"}


async def test_moving_peak_comes_and_goes(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    meter = STANDARD_PEAK_DAYS
    notice = "sensor.linky_0987_announced_moving_peak"
    start = "sensor.linky_0987_moving_peak_1_start"
    await set_up(hass, make_entry(meter), time, port, meter.frame())
    assert state(hass, start) == "2026-11-21T05:00:00+00:00"
    assert state(hass, "sensor.linky_0987_moving_peak_1_end") == (
        "2026-11-22T05:00:00+00:00"
    )
    assert state(hass, notice) == "peak_1"
    assert attribute(hass, notice, "plan") == [
        {"time": "06:00", "index": 3, "dry_contact": "tempo"}
    ]
    await time.advance(5)
    for _ in range(2):
        port.send(meter.frame(STGE="413A0800", PPOINTE=None))
    assert state(hass, "sensor.linky_0987_running_moving_peak") == "peak_1"
    assert state(hass, notice) == "none"
    assert attribute(hass, notice, "plan") == []
    await time.advance(5)
    for _ in range(2):
        port.send(meter.frame(STGE="013A0400", PPOINTE=None, DPM1=None, FPM1=None))
    assert state(hass, start) == STATE_UNKNOWN
    assert hass.states.get("sensor.linky_0987_moving_peak_2_start") is None


async def test_tempo_says_colors_rather_than_moving_peaks(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    frame = STANDARD_TEMPO.frame(STGE="513A0400")
    await set_up(hass, make_entry(STANDARD_TEMPO), time, port, frame)
    assert not [s for s in hass.states.async_entity_ids() if "moving_peak" in s]


async def test_plan_of_the_next_day(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    meter = STANDARD_PEAK_DAYS
    tomorrow = "sensor.linky_0987_day_profile_tomorrow"
    await set_up(hass, make_entry(meter), time, port, meter.frame())
    assert state(hass, tomorrow) == "3"
    assert [block["time"] for block in attribute(hass, tomorrow, "plan")] == [
        "02:00",
        "06:00",
        "14:30",
        "16:30",
        "22:00",
    ]
    await time.advance(5)
    plan = "00008000 0256C001" + 9 * " NONUTILE"
    port.send(meter.frame(**{"NJOURF+1": "04", "PJOURF+1": plan}))
    assert state(hass, tomorrow) == "4"
    assert attribute(hass, tomorrow, "plan") == [
        {"time": "00:00", "index": None, "dry_contact": "open"},
        {"time": "02:56", "index": 1, "dry_contact": "closed"},
    ]


async def test_messages_come_and_go(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    meter = STANDARD_TEMPO
    message, short = (
        f"sensor.linky_0789_{key}" for key in ("message", "short_message")
    )
    await set_up(hass, make_entry(meter), time, port, meter.frame())
    assert hass.states.get(message) is None
    sent = "    COUPURE     PREVUE A 9H     "
    port.send(meter.frame(MSG1=sent, MSG2="COUPURE A 9H    "))
    await hass.async_block_till_done()
    assert state(hass, message) == "COUPURE PREVUE A 9H"
    assert state(hass, short) == "COUPURE A 9H"
    for _ in range(2):
        port.send(meter.frame(MSG1=sent))
    assert state(hass, message) == "COUPURE PREVUE A 9H"
    assert state(hass, short) == STATE_UNKNOWN
    port.send(meter.frame(MSG2="COUPURE A 10H   "))
    assert state(hass, message) == STATE_UNKNOWN
    assert state(hass, short) == "COUPURE A 10H"

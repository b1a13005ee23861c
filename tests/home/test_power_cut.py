"""After a power cut nothing comes back all at once."""

from itertools import pairwise
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.linky_pilote.engine.tic import encode_group

from .homes import Home
from .test_shedding import two_heaters

OFF = [
    ("input_boolean", "turn_off", "input_boolean.first"),
    ("input_boolean", "turn_off", "input_boolean.last"),
]
ON = [
    ("input_boolean", "turn_on", "input_boolean.first"),
    ("input_boolean", "turn_on", "input_boolean.last"),
]
BOOTED_AT = "custom_components.linky_pilote.home.power_cut.booted_at"


async def returns(home: Home, within: int) -> list[int]:
    """Return when loads came back, in s from now."""
    times = []
    for second in range(within):
        before = len(home.calls)
        await home.run(1)
        times += [
            second for _, service, _ in home.calls[before:] if service == "turn_on"
        ]
    return times


@pytest.fixture
async def two(home: Home) -> Home:
    """Return a home with two appliances that are on."""
    first, last = await two_heaters(home)
    await home.start()
    home.arm(first, last)
    await home.run(10)
    assert home.calls == []
    return home


@pytest.mark.parametrize("warned", [False, True])
async def test_a_meter_that_was_mute(two: Home, warned: bool) -> None:
    """It may begin with a part of a frame that says no power yet."""
    two.silent = True
    await two.run(90)
    assert two.calls == []
    two.silent = False
    if warned:
        mode, groups = two.meter.mode, two.meter.groups
        said = encode_group(mode, "ADCO", groups["ADCO"])
        two.port.send(b"\x02" + said + encode_group(mode, "ADPS", "032"))
        await two.time.settle()
    times = await returns(two, 200)
    assert sorted(two.calls[:2]) == OFF
    assert two.calls[2:] == ON
    assert all(after - before >= 30 for before, after in pairwise(times)), times
    assert times[0] >= 30


async def test_a_short_silence_is_none(two: Home) -> None:
    two.silent = True
    await two.run(40)
    two.silent = False
    await two.run(60)
    assert two.calls == []


@pytest.mark.parametrize("expected_lingering_timers", [True])  # the schedule's own
async def test_a_schedule_that_is_read_first_hides_no_power_cut(
    hass: HomeAssistant,
    home: Home,
    hass_storage: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, last = await two_heaters(home)
    always = [{"from": "00:00", "to": "24:00"}]
    await home.add_helpers("schedule", filter={"name": "Filter", "tuesday": always})
    await home.add_helpers("input_boolean", pump={"initial": False})
    home.add_load("input_boolean.pump", behaviour="on_off", schedule="schedule.filter")
    await home.start()
    home.arm(first, last)
    await home.run(10)
    await hass.config_entries.async_unload(home.entry.entry_id)
    (key,) = [key for key in hass_storage if key.startswith("linky_pilote.home.")]
    hass_storage[key]["data"]["stopped"] = False
    now = home.freezer.time_to_freeze.timestamp()
    monkeypatch.setattr(BOOTED_AT, lambda: now + 60)
    home.freezer.tick(120)
    await home.start()
    await home.run(20)
    assert sorted(home.calls) == OFF


@pytest.mark.parametrize("farewell", [False, True])
@pytest.mark.parametrize("booted", [False, True])
async def test_a_start_without_a_farewell(
    hass: HomeAssistant,
    two: Home,
    hass_storage: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    farewell: bool,
    booted: bool,
) -> None:
    await hass.config_entries.async_unload(two.entry.entry_id)
    (key,) = [key for key in hass_storage if key.startswith("linky_pilote.home.")]
    assert hass_storage[key]["data"]["stopped"] is True
    hass_storage[key]["data"]["stopped"] = farewell
    now = two.freezer.time_to_freeze.timestamp()
    monkeypatch.setattr(BOOTED_AT, lambda: now + 60 if booted else now - 86_400)
    two.freezer.tick(120)
    await two.start()
    times = await returns(two, 260)
    if farewell or not booted:
        assert two.calls == []
        return
    assert sorted(two.calls[:2]) == OFF
    assert two.calls[2:] == ON
    assert times[0] >= 60, "all that appears is waited for"
    assert times[1] - times[0] >= 30
    assert hass_storage[key]["data"]["stopped"] is False, "it runs"

"""The shedding thermostat: two winter days, a real HomeKit client, and one room."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio

from demo.clock import find_library

from .instance import free_port
from .loads import add_load, arm_all, call, ours, states
from .paired import bridge, paired, sees
from .phone import AUTO, HEAT, HEATING, IDLE
from .simulated import SimulatedDay

pytestmark = [
    pytest.mark.own_home,
    pytest.mark.skipif(find_library() is None, reason="no libfaketime"),
]

_SPEED: Final = 120.0
_COMFORT, _FROST = 19.0, 7.0


@pytest.fixture
def port() -> int:
    """Return the port of the bridge."""
    return free_port()


@pytest_asyncio.fixture(loop_scope="session")
async def week(tmp_path: Path, port: int) -> AsyncIterator[SimulatedDay]:
    """Give a Tempo week that begins with a white day, and a bridge to phones."""
    week = SimulatedDay(
        tmp_path / "config", "tempo-week", configuration={"homekit": [bridge(port)]}
    )
    try:
        await week.start()
        entry = week.entry_id
        for heater in (
            "climate.virtual_heater_living_room",
            "select.virtual_heater_child",
        ):
            await add_load(week, entry, heater, "heating")
        await arm_all(week)
        yield week
    finally:
        await week.stop()


async def test_white_is_cancelled_and_red_is_not(week: SimulatedDay, port: int) -> None:
    phone = await paired(week, port)
    (thermostat,) = (await ours(week, "house_heating")).values()

    await week.run_until("2027-01-11T06:10", _SPEED)  # white peak hours
    async with phone.look() as app:
        assert sorted(app.modes()) == [HEAT, AUTO]
        shown = await sees(app, (AUTO, IDLE, _FROST))
        assert 10 < shown.current < 25
        await app.set_target(21.0)
        await sees(app, (AUTO, IDLE, _FROST))
        await app.set_target(_COMFORT)
        assert await app.sensors() == [True], "shedding is active"
        await app.set_mode(HEAT)
        await sees(app, (HEAT, IDLE, _COMFORT))
        await app.press()  # resumes
        await sees(app, (AUTO, IDLE, _FROST))
        await app.press()  # cancels
        await sees(app, (HEAT, IDLE, _COMFORT))
        assert await app.sensors() == [False]
    await week.run_until("2027-01-11T06:30", _SPEED)
    async with phone.look() as app:
        await sees(app, (HEAT, HEATING, _COMFORT))
    state = (await states(week))[thermostat]
    assert state["state"] == "heat"
    assert state["attributes"]["until"] == "2027-01-11T21:00:00+00:00"

    await week.run_until("2027-01-12T05:30")  # HEAT has ended with the white peak
    async with phone.look() as app:
        assert (await app.thermostat()).mode == AUTO
        assert (await app.thermostat()).target == _COMFORT

    await week.run_until("2027-01-12T06:10", _SPEED)  # red peak hours
    async with phone.look() as app:
        await sees(app, (AUTO, IDLE, _FROST))
        await app.set_mode(HEAT)
        await sees(app, (AUTO, IDLE, _FROST))
    assert (await states(week))[thermostat]["state"] == "auto"
    assert week.log.matching("re-syncing HomeKit state")
    assert not week.log.matching("Detected that custom integration")


async def test_one_room_is_heated_alone(week: SimulatedDay) -> None:
    rooms = await ours(week, "load_heating")
    room = rooms["Child's room heater (simulated)"]
    assert not rooms.values() & (await states(week)).keys(), "until they are enabled"
    await week.user.ask(
        "config/entity_registry/update", entity_id=room, disabled_by=None
    )
    await week.run_until("2027-01-11T06:10", _SPEED)  # white peak hours
    assert await _has(week, room) == ("auto", "idle", _FROST)
    await call(week, "climate.set_hvac_mode", room, hvac_mode="heat")
    await week.run_until("2027-01-11T06:30", _SPEED)
    assert await _has(week, room) == ("heat", "heating", _COMFORT)
    now = await states(week)
    assert now["select.virtual_heater_child"]["state"] == "comfort"
    living_room = now["climate.virtual_heater_living_room"]["attributes"]
    assert living_room["temperature"] == _FROST
    (thermostat,) = (await ours(week, "house_heating")).values()
    assert now[thermostat]["state"] == "auto"
    assert now[room]["attributes"]["until"] == "2027-01-11T21:00:00+00:00"
    assert not week.log.matching("Detected that custom integration")


async def _has(week: SimulatedDay, thermostat: str) -> tuple[str, str, float]:
    """Return the mode of a thermostat, what it does, and its target."""
    state = (await states(week))[thermostat]
    shown = state["attributes"]
    return state["state"], shown["hvac_action"], shown["temperature"]

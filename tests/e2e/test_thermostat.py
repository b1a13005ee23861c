"""The shedding thermostat from a phone: two winter days, and a real HomeKit client."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio

from demo.clock import find_library

from .instance import free_port, until
from .loads import add_load, arm_all, ours, states
from .phone import AUTO, HEAT, HEATING, IDLE, Look, Phone, Shown
from .simulated import SimulatedDay

pytestmark = [
    pytest.mark.own_home,
    pytest.mark.skipif(find_library() is None, reason="no libfaketime"),
]

_SPEED: Final = 120.0
_COMFORT, _FROST = 19.0, 7.0
_SEEN_S: Final = 20.0


@pytest.fixture
def port() -> int:
    """Return the port of the bridge."""
    return free_port()


@pytest_asyncio.fixture(loop_scope="session")
async def week(tmp_path: Path, port: int) -> AsyncIterator[SimulatedDay]:
    """Give a Tempo week that begins with a white day, and a bridge to phones."""
    bridge = {
        "name": "Bridge",
        "port": port,
        "ip_address": "127.0.0.1",
        "advertise_ip": "127.0.0.1",
        "filter": {
            "include_entity_globs": [
                "climate.linky_*",
                "button.linky_*",
                "binary_sensor.linky_*_shedding_active",
            ]
        },
    }
    week = SimulatedDay(
        tmp_path / "config", "tempo-week", configuration={"homekit": [bridge]}
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


async def _paired(week: SimulatedDay, port: int) -> Phone:
    """Return a phone that knows the bridge, which has taken the thermostat in."""
    (bridge,) = await week.user.get("/api/config/config_entries/entry?domain=homekit")
    path = f"/api/config/config_entries/entry/{bridge['entry_id']}/reload"

    async def codes() -> list[str]:
        return week.log.matching(r"Pincode:")

    before = len(await codes())
    await week.user.post(path, {})
    line = (await until(codes, _SEEN_S, "a code", lambda found: len(found) > before))[
        -1
    ]
    phone = Phone(port)
    await phone.pair(line.rpartition("Pincode:")[2].strip())
    return phone


async def _sees(app: Look, expected: tuple[int, int, float]) -> Shown:
    """Wait until the app shows mode, state and target."""
    return await until(
        app.thermostat,
        _SEEN_S,
        f"the phone sees {expected}",
        lambda shown: (shown.mode, shown.state, shown.target) == expected,
    )


async def test_white_is_cancelled_and_red_is_not(week: SimulatedDay, port: int) -> None:
    phone = await _paired(week, port)
    (thermostat,) = (await ours(week, "house_heating")).values()

    await week.run_until("2027-01-11T06:10", _SPEED)  # white peak hours
    async with phone.look() as app:
        assert sorted(app.modes()) == [HEAT, AUTO]
        shown = await _sees(app, (AUTO, IDLE, _FROST))
        assert 10 < shown.current < 25
        await app.set_target(21.0)
        await _sees(app, (AUTO, IDLE, _FROST))
        await app.set_target(_COMFORT)
        assert await app.sensors() == [True], "shedding is active"
        await app.set_mode(HEAT)
        await _sees(app, (HEAT, IDLE, _COMFORT))
        await app.press()  # resumes
        await _sees(app, (AUTO, IDLE, _FROST))
        await app.press()  # cancels
        await _sees(app, (HEAT, IDLE, _COMFORT))
        assert await app.sensors() == [False]
    await week.run_until("2027-01-11T06:30", _SPEED)
    async with phone.look() as app:
        await _sees(app, (HEAT, HEATING, _COMFORT))
    state = (await states(week))[thermostat]
    assert state["state"] == "heat"
    assert state["attributes"]["until"] == "2027-01-11T21:00:00+00:00"

    await week.run_until("2027-01-12T05:30")  # HEAT has ended with the white peak
    async with phone.look() as app:
        assert (await app.thermostat()).mode == AUTO
        assert (await app.thermostat()).target == _COMFORT

    await week.run_until("2027-01-12T06:10", _SPEED)  # red peak hours
    async with phone.look() as app:
        await _sees(app, (AUTO, IDLE, _FROST))
        await app.set_mode(HEAT)
        await _sees(app, (AUTO, IDLE, _FROST))
    assert (await states(week))[thermostat]["state"] == "auto"
    assert week.log.matching("re-syncing HomeKit state")
    assert not week.log.matching("Detected that custom integration")

"""A Tempo week in a real Home Assistant, with its breaks at the worst moments.

Of the seven days those hours are lived slowly that matter: all of a white Monday and of
a red Tuesday, and the morning and the evening of a white Thursday. A stop leads over the
rest; the house lives on meanwhile. In the other test all seven days pass at once, and
each day's sums are compared. With LINKY_PILOTE_PICTURES set what the recorder has of
the first two days is kept, for `scripts/plot_week.py`.
"""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
import json
import os
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
import pytest_asyncio

from demo.clock import find_library
from demo.loads import LOADS, add_load

from .instance import free_port, until
from .loads import arm_all, ours, states
from .paired import bridge, paired, sees
from .phone import AUTO, HEAT, IDLE
from .simulated import SimulatedDay

pytestmark = [
    pytest.mark.own_home,
    pytest.mark.long,
    pytest.mark.timeout(3000),
    pytest.mark.skipif(find_library() is None, reason="no libfaketime"),
]

_SLOW: Final = 60.0
_NEAR: Final = 100.0
_EXACT: Final = 150.0
"""While energies are compared: a busy machine must not miss minutes."""
_FAST: Final = 500.0
_DAYS: Final = 400.0
"""While whole days pass."""
_COMFORT, _FROST = 19.0, 7.0
_SHARE: Final = 0.02
_HEATERS: Final = [load for load in LOADS if load.behaviour == "heating"]
_KEPT: Final = Path(__file__).parents[2] / "docs" / "images" / "thermostat-week.json"
_SEEN_S: Final = 30.0


class Counted(NamedTuple):
    """Energies at one moment."""

    known: dict[str, Any]
    """To the house and its meter, in Wh."""
    shown: dict[str, float]
    """By our entities, in kWh."""


class Week(SimulatedDay):
    """Five heaters and a water heater, all of them measured and commanded."""

    async def furnish(self) -> None:
        """Add the loads, and let them be commanded."""
        for load in LOADS[:6]:
            what = {
                "entity": [load.entity],
                "behaviour": load.behaviour,
                "power_sensor": load.power_sensor,
            }
            await add_load(self.user, self.entry_id, what, load.how, load.when)
        await arm_all(self)

    async def thermostat(self) -> dict[str, Any]:
        """Return what the thermostat shows."""
        (entity_id,) = (await ours(self, "house_heating")).values()
        shown = (await states(self))[entity_id]
        return {"mode": shown["state"], **shown["attributes"]}

    async def fly(self, at: str, speed: float = _FAST) -> None:
        """Let time fly to an instant, and arrive slowly: a busy machine overshoots."""
        near = datetime.fromisoformat(at) - timedelta(minutes=30)
        await self.run_until(near.isoformat(), speed)
        await self.run_until(at, _NEAR)

    async def agrees(self, begun: Counted, ended: Counted) -> None:
        """Compare what was counted with what the house and its meter know, in Wh."""
        drawn = {
            name: energy - begun.known["drawn_wh"][name]
            for name, energy in ended.known["drawn_wh"].items()
        }
        counted = 1000 * (sum(ended.shown.values()) - sum(begun.shown.values()))
        managed = sum(drawn[name] for name in _NAMES)
        assert counted == pytest.approx(managed, rel=_SHARE)
        injected, given = (
            sum(of(ended.known)) - sum(of(begun.known))
            for of in (
                lambda known: [known["meter_injected_wh"]],
                lambda known: known["given_wh"].values(),
            )
        )
        metered = ended.known["meter_drawn_wh"] - begun.known["meter_drawn_wh"]
        others = sum(drawn.values()) - managed - given
        assert counted + others == pytest.approx(metered - injected, rel=_SHARE)

    async def shows(self, **expected: Any) -> None:
        """Wait until the thermostat shows something, in the world's time."""
        await until(
            self.thermostat,
            _SEEN_S,
            str(expected),
            lambda shown: expected.items() <= shown.items(),
        )

    async def heaters(self) -> set[str]:
        """Return what the states of the heaters' own entities say they were told."""
        now = await states(self)
        return {_told(now[load.entity]) for load in _HEATERS}

    async def counted(self) -> Counted:
        """Return what was counted, and what the house and its meter know."""
        known = json.loads(await self.order("energy"))
        now = await states(self)
        shown = {
            device: float(now[entity_id]["state"])
            for device, entity_id in (await ours(self, "load_energy")).items()
        }
        return Counted(known, shown)


def _told(state: dict[str, Any]) -> str:
    """Return a level by what a select, a switch or a climate says."""
    target = state["attributes"].get("temperature")
    if target is not None:
        return "frost" if target <= _FROST else "warmer"
    return "frost" if state["state"] in ("frost_protection", "off") else "warmer"


_NAMES: Final = frozenset(
    load.power_sensor.removeprefix("sensor.virtual_").removesuffix("_power")
    for load in LOADS[:6]
)


@pytest.fixture
def port() -> int:
    """Return the port of the bridge."""
    return free_port()


@pytest_asyncio.fixture(loop_scope="session")
async def week(tmp_path: Path, port: int) -> AsyncIterator[Week]:
    """Give the week, a quarter of an hour before its white day, and a bridge."""
    week = Week(
        tmp_path / "config", "tempo-week", configuration={"homekit": [bridge(port)]}
    )
    try:
        await week.start()
        await week.furnish()
        yield week
    finally:
        await week.stop()


async def test_the_hours_that_matter(week: Week, port: int) -> None:
    phone = await paired(week, port)
    begun = await week.counted()

    # the meter switches to white peak hours: frost protection; the phone cancels it
    await week.run_until("2027-01-11T06:05", _SLOW)
    assert await week.heaters() == {"frost"}
    async with phone.look() as app:
        await sees(app, (AUTO, IDLE, _FROST))
        await app.set_mode(HEAT)
        assert (await app.thermostat()).mode == HEAT
        assert (await app.thermostat()).target == _COMFORT
    await week.run_until("2027-01-11T06:20", _SLOW)
    assert await week.heaters() == {"warmer"}

    # too much at once: HEAT is kept, and heaters give way
    await week.order("set oven on")
    await week.order("set charger 16")
    await week.run_until("2027-01-11T06:35", _SLOW)
    shown = await week.thermostat()
    assert (shown["mode"], shown["shed"]) == ("heat", True)
    assert "frost" in await week.heaters()
    await week.order("set oven off")
    await week.order("set charger off")
    await week.fly("2027-01-11T07:40", _EXACT)
    assert await week.heaters() == {"warmer"}
    await week.fly("2027-01-11T11:00", _EXACT)
    await week.agrees(begun, await week.counted())

    # HEAT lasts until 22:00, when the meter is silent
    await week.fly("2027-01-11T21:58")
    await week.shows(mode="heat", temperature=_COMFORT)
    await week.order("unplug")
    await week.run_until("2027-01-11T22:10", _SLOW)
    await week.shows(mode="auto", temperature=_COMFORT)
    await week.order("plug")

    # stopped before a red day, started again in it: frost protection at once
    await week.fly("2027-01-12T05:58")
    counted = (await week.counted()).shown
    await week.stop()
    await week.come_back("2027-01-12T06:03")
    await week.run_until("2027-01-12T06:06", _SLOW)
    await week.shows(mode="auto", temperature=_FROST, reason="red_peak")
    assert await week.heaters() == {"frost"}
    again = (await week.counted()).shown
    for name, energy in counted.items():
        assert energy <= again[name] + 0.001, "nothing is lost in a stop"
        assert again[name] < energy + 0.1, "nothing is counted twice"

    # HEAT is refused, by the phone too
    async with phone.look() as app:
        await sees(app, (AUTO, IDLE, _FROST))
        await app.set_mode(HEAT)
        await sees(app, (AUTO, IDLE, _FROST))
    assert await week.heaters() == {"frost"}

    # killed in the red peak
    await week.fly("2027-01-12T08:00")
    counted = (await week.counted()).shown
    await week.kill()
    await week.come_back("2027-01-12T08:05")
    await week.run_until("2027-01-12T08:08", _SLOW)
    await week.shows(mode="auto", temperature=_FROST, shed=True)
    assert await week.heaters() == {"frost"}
    for name, energy in (await week.counted()).shown.items():
        assert energy < counted[name] + 0.1

    # until its end
    await week.fly("2027-01-12T21:58")
    assert await week.heaters() == {"frost"}
    await week.run_until("2027-01-12T22:30", _SLOW)
    await week.shows(mode="auto", temperature=_COMFORT, reason="asked")
    assert "warmer" in await week.heaters(), "with hot water there is no room for all"
    begun = await week.counted()
    await week.fly("2027-01-13T01:00", _EXACT)
    await week.agrees(begun, await week.counted())
    await _keep(week)

    # HEAT of half past five lasts through a white day, and over a stop
    await week.stop()
    await week.come_back("2027-01-14T05:28")
    await week.run_until("2027-01-14T05:30", _SLOW)
    async with phone.look() as app:
        await app.set_mode(HEAT)
        assert (await app.thermostat()).mode == HEAT
    await week.run_until("2027-01-14T06:10", _SLOW)
    await week.shows(mode="heat", temperature=_COMFORT)
    assert "warmer" in await week.heaters()
    await week.stop()
    await week.come_back("2027-01-14T21:56")
    await week.run_until("2027-01-14T21:58", _SLOW)
    await week.shows(mode="heat", temperature=_COMFORT)
    await week.run_until("2027-01-14T22:05", _SLOW)
    await week.shows(mode="auto", temperature=_COMFORT)
    complaints = [
        line
        for line in week.log.complaints(("linky_pilote",))
        if "has not been tested" not in line
        and "Updating state for" not in line
        and "the meter is not heard any more" not in line
    ]
    assert not complaints, "\n".join(complaints)


async def test_the_sums_of_seven_days(week: Week) -> None:
    begun = before = await week.counted()
    for day in range(12, 19):
        await week.run_until(f"2027-01-{day}T05:45", _DAYS)
        now = await week.counted()
        await week.agrees(before, now)
        before = now
    await week.agrees(begun, before)


async def _keep(week: Week) -> None:
    """Keep what the picture is made of."""
    if not os.environ.get("LINKY_PILOTE_PICTURES"):
        return
    wanted = {}
    for key in ("apparent_power", "tariff_period", "house_heating"):
        (wanted[key],) = (await ours(week, key)).values()
    wanted |= await ours(week, "load_power")
    rows = await week.user.ask(
        "history/history_during_period",
        start_time="2027-01-11T05:40:00+01:00",
        entity_ids=list(wanted.values()),
        minimal_response=False,
        no_attributes=False,
        significant_changes_only=False,
    )
    kept = {
        name: [
            [
                round(row["lu"]),
                row["s"],
                *(
                    [row["a"].get("temperature"), row["a"].get("current_temperature")]
                    if name == "house_heating"
                    else []
                ),
            ]
            for row in rows.get(entity_id, ())
        ]
        for name, entity_id in wanted.items()
    }
    _KEPT.write_text(json.dumps(kept), "utf-8")

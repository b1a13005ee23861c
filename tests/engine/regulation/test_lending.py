"""Rooms lend their warmth to what must have its energy by the morning, and get it back."""

from collections.abc import Iterable
from typing import Final

import pytest

from custom_components.linky_pilote.engine.reading import TariffPeriod
from custom_components.linky_pilote.engine.regulation.model import (
    GridUse,
    Guarantee,
    Heating,
    Load,
    Modulation,
    Quantity,
    Reason,
    Signals,
    Span,
    Unit,
)

from .homes import Bench, Sent, at

EVENING: Final = at("2026-12-15 21:59")
NIGHT: Final = Span(start=at("2026-12-15 22:00"), end=at("2026-12-16 06:00"))
ROOMS: Final = {"living": 1500.0, "bedroom": 1000.0, "study": 1000.0, "bath": 1000.0}
CAR: Final = Load(
    key="car",
    power=14 * 230.0,
    modulation=Modulation(low=6, high=14, unit=Unit.AMPERE),
    guarantee=Guarantee(quantity=Quantity.ENERGY, amount=9000, by=7 * 60),
    grid=GridUse.OFF_PEAK,
    surplus=False,
)
TANK: Final = Load(
    key="tank",
    power=2400.0,
    guarantee=Guarantee(quantity=Quantity.ENERGY, amount=4000, by=6 * 60),
    grid=GridUse.NEVER,
    surplus=False,
)
LOSS: Final = 0.65
"""Share of a radiator's power that its room loses."""


class Home(Bench):
    """Rooms of 1.6 kWh/K for each kW, kept at 19 °C by thermostats of their own."""

    def __init__(
        self, *loads: Load, cutoff: float = 6000.0, warm: float = 19.0
    ) -> None:
        """Begin at one temperature, a minute before the off-peak hours."""
        heaters = [
            Load(key=key, power=watts, heating=Heating(), surplus=False)
            for key, watts in ROOMS.items()
        ]
        others = [load.key for load in loads]
        super().__init__(
            *heaters,
            *loads,
            base=200,
            on=ROOMS,
            now=EVENING,
            every=20.0,
            cutoff=cutoff,
            period=TariffPeriod.PEAK,
            ranks=(tuple(ROOMS), *((key,) for key in others)),
        )
        self.signals = Signals(off_peak=(NIGHT,))
        self.rooms = dict.fromkeys(ROOMS, warm)
        self.coldest = warm
        self.energy = dict.fromkeys(others, 0.0)

    def live(self, until: str) -> list[Sent]:
        """Go on until a moment; return the orders of it."""
        end, before = at(until), len(self.sent)
        while self.now < end:
            off_peak = NIGHT.start <= self.now < NIGHT.end
            self.period = TariffPeriod.OFF_PEAK if off_peak else TariffPeriod.PEAK
            for key, degrees in self.rooms.items():
                if degrees >= 19.03:
                    self.idle.add(key)
                elif degrees <= 18.97:
                    self.idle.discard(key)
                share = self.draws(key) / ROOMS[key] - LOSS
                self.rooms[key] += share * self.every / 3600 / 1.6
                self.more[key] = {"temperature": self.rooms[key]}
            for key in self.energy:
                self.energy[key] += self.draws(key) * self.every / 3600
            self.coldest = min(self.coldest, *self.rooms.values())
            self.step()
        return self.sent[before:]


def of(sent: Iterable[Sent], key: str) -> list[float]:
    """Return the W that a load was told, in order."""
    return [one.order.setting.power for one in sent if one.order.key == key]


def test_a_car_goes_slowly_beside_the_heaters_and_is_full_in_time() -> None:
    home = Home(CAR)
    home.live("2026-12-16 06:00")
    assert {one.order.key for one in home.sent} == {"car"}
    assert of(home.sent, "car")[0] == 6 * 230
    assert home.energy["car"] >= 9000
    assert home.coldest > 18.9


def test_a_car_goes_fast_where_there_is_room_for_all() -> None:
    home = Home(CAR, cutoff=12_000.0)
    sent = home.live("2026-12-15 22:10")
    assert of(sent, "car") == [14 * 230]


def test_a_car_that_is_late_goes_before_warm_rooms() -> None:
    home = Home(CAR)
    home.more["car"] = {"connected": False}
    home.live("2026-12-16 03:00")
    home.more["car"] = {}
    home.live("2026-12-16 04:00")
    assert of(home.sent, "car") == [14 * 230]


def test_one_big_room_waits_for_the_tank_rather_than_two() -> None:
    home = Home(TANK)
    sent = home.live("2026-12-15 22:40")
    stopped = [one.order.key for one in sent if not one.order.setting.power]
    assert stopped == ["living"]
    assert of(sent, "tank") == [2400]


def test_the_tank_waits_until_rooms_are_warm() -> None:
    home = Home(TANK, warm=18.8)
    sent = home.live("2026-12-15 22:40")
    assert not sent
    sent = home.live("2026-12-16 00:30")
    assert of(sent, "tank")[0] == 2400
    assert home.rooms["study"] > 18.85


@pytest.mark.parametrize("loads", [(TANK,), (TANK, CAR)])
def test_nothing_is_short_and_no_room_gets_cold(loads: tuple[Load, ...]) -> None:
    home = Home(*loads)
    home.live("2026-12-16 07:00")
    assert home.energy["tank"] >= 3990
    assert home.energy.get("car", 9000) >= 9000
    assert home.coldest > 18.45
    assert len(home.sent) <= 22


def test_rooms_that_made_room_wait_once_where_nobody_needs_it() -> None:
    home = Home(TANK, CAR)
    home.live("2026-12-15 22:22")
    assert set(ROOMS) - home.on() == {"living", "bedroom"}
    home.idle.add("tank")
    home.live("2026-12-15 22:46")
    assert home.on() >= {*ROOMS, "car"}


def test_a_room_takes_the_place_of_the_warmest_once_that_is_worth_it() -> None:
    home = Home(CAR, cutoff=5600.0, warm=18.69)
    home.live("2026-12-15 22:20")
    home.rooms = dict.fromkeys(ROOMS, 18.58)
    sent = home.live("2026-12-15 23:40")
    gave = [one.order.key for one in sent if not one.order.setting.power]
    assert gave == ["bedroom", "study", "bath"]


def test_warm_rooms_leave_what_there_is_to_a_cold_one_that_needs_more() -> None:
    home = Home(cutoff=9000.0)
    for others in (2600.0, 5000.0, 7400.0, 9500.0):  # a rise that is no surprise
        home.base = [others]
        home.step()
        home.step()
    home.live("2026-12-15 22:10")
    assert not home.on()
    home.rooms["living"] = 18.55
    home.base = [7330.0]
    assert not home.live("2026-12-15 22:30")
    home.base = [6700.0]
    sent = home.live("2026-12-15 22:37")
    assert [one.order.key for one in sent] == ["living"]


def test_a_warmer_room_waits_for_a_colder_one() -> None:
    home = Home(TANK)
    home.live("2026-12-15 22:40")
    home.rooms["living"] = 18.58
    sent = home.live("2026-12-15 22:50")
    assert of(sent, "living") == [1500]
    assert of(sent, "tank") == []
    gave = [one.order for one in sent if not one.order.setting.power]
    assert gave
    assert {order.reason for order in gave} == {Reason.NO_ROOM}


def test_the_tank_stops_for_rooms_that_have_all_become_cold() -> None:
    home = Home(TANK)
    home.live("2026-12-15 22:40")
    home.rooms = dict.fromkeys(ROOMS, 18.5)
    sent = home.live("2026-12-15 22:50")
    assert of(sent, "tank") == [0]
    assert home.on() >= {"living"}


def test_a_room_that_nobody_can_warm_does_not_keep_the_tank_waiting() -> None:
    home = Home(TANK)
    home.rooms["study"] = 16.0
    sent = home.live("2026-12-15 22:40")
    assert of(sent, "tank") == [2400]


def test_rooms_lend_nothing_to_what_is_only_observed() -> None:
    home = Home(TANK)
    home.wish(armed=frozenset(ROOMS))
    home.live("2026-12-15 22:40")
    assert not home.state.lending
    assert not home.sent


def test_a_room_whose_sensor_is_lost_is_not_cold_for_ever() -> None:
    home = Home(TANK)
    home.rooms["bath"] = 18.4
    home.live("2026-12-15 22:01")
    assert home.state.loads["bath"].coldest > 0.48
    home.more["bath"] = {"temperature": None}
    home.step()
    assert home.state.loads["bath"].coldest == 0

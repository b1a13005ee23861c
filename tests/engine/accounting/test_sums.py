"""Accounts: sums agree whatever happens, and nothing is counted twice over a restart."""

from dataclasses import asdict, replace
import json
from typing import NamedTuple

from hypothesis import given, strategies as st
import pytest

from custom_components.linky_pilote.engine.accounting import (
    Drawn,
    HomeAccounts,
    Step,
)
from custom_components.linky_pilote.engine.reading import TariffPeriod

WINTER = 1_800_000_000.0
HOUR = 3600.0
RED, WHITE = TariffPeriod.RED_PEAK, TariffPeriod.WHITE_PEAK
NIGHT = TariffPeriod.BLUE_OFF_PEAK
PRICES = {RED: 0.73, WHITE: 0.19, NIGHT: 0.13}


class Lived(NamedTuple):
    """Some seconds of a home with two loads, and what happens at their end."""

    seconds: float
    powers: tuple[float, float]
    base: float
    sun: float
    knows_sun: bool
    period: TariffPeriod | None
    priced: bool
    shed: bool
    silent: bool
    after: str


_WATTS = st.floats(0, 9000)
_LIVED = st.builds(
    Lived,
    seconds=st.floats(0, 400),
    powers=st.tuples(_WATTS, _WATTS),
    base=_WATTS,
    sun=_WATTS,
    knows_sun=st.booleans(),
    period=st.sampled_from([RED, WHITE, NIGHT, None]),
    priced=st.booleans(),
    shed=st.booleans(),
    silent=st.booleans(),
    after=st.sampled_from(["", "", "", "save", "restart", "crash", "set back"]),
)


def saved_and_read(accounts: HomeAccounts) -> HomeAccounts:
    """Return accounts as they come back from a file."""
    text = json.dumps(asdict(accounts), allow_nan=False)
    again = HomeAccounts.from_dict(json.loads(text))
    assert again == replace(accounts, until=0.0)
    return again


@given(st.lists(_LIVED, max_size=40))
def test_sums_agree_and_nothing_is_counted_twice(life: list[Lived]) -> None:
    accounts, now = HomeAccounts(), WINTER
    kept = saved_and_read(accounts)
    drawn = [0.0, 0.0]
    for lived in life:
        now += lived.seconds
        for place, power in enumerate(lived.powers):
            drawn[place] += power * lived.seconds / HOUR
        net = sum(lived.powers) + lived.base - lived.sun
        before = {key: load.energy for key, load in accounts.loads.items()}
        accounts.take(
            Step(
                now=now,
                net=None if lived.silent else net,
                production=lived.sun if lived.knows_sun else None,
                period=lived.period,
                price=PRICES.get(lived.period)
                if lived.priced and lived.period
                else None,
            ),
            {
                key: Drawn(power=power, shed=lived.shed)
                for key, power in zip("ab", lived.powers, strict=True)
            },
        )
        for key, energy in before.items():
            assert accounts.loads[key].energy >= energy, "nothing falls"
        match lived.after:
            case "save":
                kept = saved_and_read(accounts)
            case "restart":
                kept = accounts = saved_and_read(accounts)
            case "crash":
                accounts = kept
                kept = saved_and_read(kept)
            case "set back":
                now -= 1800
    for place, key in enumerate("ab"):
        account = accounts.of(key)
        assert account.energy <= drawn[place] * (1 + 1e-9) + 1e-6
        assert account.energy == pytest.approx(account.sun + account.grid)
        assert account.sun >= 0
        assert account.moved <= account.energy + 1e-6
        priced = sum(
            (spent.energy - spent.unpriced) * PRICES.get(TariffPeriod(period), 0)
            for period, spent in account.spent.items()
            if period != "unknown"
        )
        assert account.cost == pytest.approx(priced / 1000, abs=1e-9)
    a, b = accounts.of("a").watched, accounts.of("b").watched
    assert max(a, b) <= 86_400


@given(st.lists(st.tuples(st.floats(0.1, 60), _WATTS, _WATTS), min_size=1))
def test_without_a_stop_all_is_counted(life: list[tuple[float, float, float]]) -> None:
    accounts, now = HomeAccounts(), WINTER
    accounts.take(Step(now=now, net=0.0), {"a": Drawn(power=0.0)})
    expected = 0.0
    for seconds, power, base in life:
        now += seconds
        expected += power * seconds / HOUR
        accounts.take(Step(now=now, net=power + base), {"a": Drawn(power=power)})
    assert accounts.of("a").energy == pytest.approx(expected, rel=1e-6, abs=1e-6)
    assert accounts.of("a").sun == pytest.approx(0, abs=expected * 1e-6 + 1e-6)


@pytest.mark.parametrize(
    ("net", "production", "sun"),
    [
        (3000.0, None, 0.0),
        (500.0, None, 0.5),
        (-200.0, None, 1.0),
        (1000.0, 3000.0, 0.75),
        (-1000.0, 3000.0, 1.0),
        (1000.0, 0.0, 0.0),
        (None, 3000.0, 0.0),
    ],
)
def test_what_is_the_suns(
    net: float | None, production: float | None, sun: float
) -> None:
    accounts = HomeAccounts()
    for second in range(61):
        step = Step(now=WINTER + second, net=net, production=production)
        accounts.take(step, {"tank": Drawn(power=1000.0)})
    account = accounts.of("tank")
    assert account.sun == pytest.approx(1000 / 60 * sun)
    assert account.grid == pytest.approx(1000 / 60 * (1 - sun))


def test_what_nobody_watched_is_not_counted() -> None:
    accounts = HomeAccounts()
    for now in (WINTER, WINTER + 7200):
        accounts.take(Step(now=now, net=1000.0), {"a": Drawn(power=1000.0)})
    assert accounts.of("a").energy == pytest.approx(1000 / 12), "five minutes at most"


def test_a_load_counts_from_when_it_came() -> None:
    accounts = HomeAccounts()
    accounts.take(Step(now=WINTER, net=0.0), {"a": Drawn(power=0.0)})
    accounts.take(Step(now=WINTER + 60, net=0.0), {"b": Drawn(power=0.0)})
    assert (accounts.of("a").since, accounts.of("b").since) == (WINTER, WINTER + 60)

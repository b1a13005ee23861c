"""What shedding moves and saves: by the habit of a load, and what it draws later."""

import pytest

from custom_components.linky_pilote.engine.accounting import (
    Drawn,
    HomeAccounts,
    LoadAccount,
    Step,
)
from custom_components.linky_pilote.engine.reading import TariffPeriod

WINTER = 1_800_000_000.0
HOUR = 60
"""Minutes."""


class Life:
    """One heater, minute by minute."""

    def __init__(self) -> None:
        """Begin before anything is counted."""
        self.accounts = HomeAccounts()
        self.now = WINTER

    @property
    def heater(self) -> LoadAccount:
        """Its account."""
        return self.accounts.of("heater")

    def live(
        self,
        minutes: int,
        power: float,
        *,
        price: float | None = 0.2,
        sun: float = 0.0,
        shed: bool = False,
        satisfied: bool = False,
    ) -> None:
        """Let it draw some W."""
        for _ in range(minutes):
            self.now += 60
            self.accounts.take(
                Step(
                    now=self.now,
                    net=power - sun,
                    production=sun,
                    period=TariffPeriod.RED_PEAK,
                    price=price,
                ),
                {"heater": Drawn(power=power, shed=shed, satisfied=satisfied)},
            )


@pytest.fixture
def life() -> Life:
    """Return one that draws 1000 W half of the time."""
    life = Life()
    for _ in range(12):
        life.live(30, 1000)
        life.live(30, 0)
    assert life.heater.usual == pytest.approx(500, rel=0.01)
    return life


def test_what_is_refused_and_drawn_later_is_moved(life: Life) -> None:
    life.live(4 * HOUR, 0, price=0.7, shed=True)
    assert life.heater.owed == pytest.approx(2000, rel=0.01)
    assert life.accounts.saved == pytest.approx(2 * 0.7, rel=0.01)
    life.live(2 * HOUR, 1000, price=0.1)
    assert life.heater.moved == pytest.approx(2000, rel=0.01)
    assert life.accounts.saved == pytest.approx(2 * 0.7 - 2 * 0.1, rel=0.01)
    life.live(HOUR, 1000, price=0.1)
    assert life.heater.moved == pytest.approx(2000, rel=0.01), "no more than refused"


def test_what_it_does_without_is_not_moved(life: Life) -> None:
    life.live(4 * HOUR, 0, price=0.7, shed=True)
    life.live(HOUR, 1000, price=0.1)
    life.live(1, 0, satisfied=True)
    life.live(2 * HOUR, 1000, price=0.1)
    assert life.heater.moved == pytest.approx(1000, rel=0.02)
    assert life.accounts.saved == pytest.approx(2 * 0.7 - 0.1, rel=0.02)


def test_after_a_day_nothing_is_owed(life: Life) -> None:
    life.live(HOUR, 0, shed=True)
    life.live(25 * HOUR, 0)
    life.live(HOUR, 1000)
    assert life.heater.moved == 0


def test_a_day_of_its_habit_is_owed_at_most(life: Life) -> None:
    life.live(72 * HOUR, 0, shed=True)
    assert life.heater.owed == pytest.approx(24 * 500, rel=0.01)
    assert life.heater.usual == pytest.approx(500, rel=0.01), "it is no habit"


def test_what_the_sun_had_given_saves_nothing(life: Life) -> None:
    life.live(HOUR, 0, price=0.7, sun=4000, shed=True)
    assert life.accounts.saved == pytest.approx(0, abs=0.001)


def test_without_a_price_nothing_is_saved(life: Life) -> None:
    before = life.heater.unpriced
    life.live(HOUR, 100, price=None, shed=True)
    assert life.accounts.saved == 0
    assert life.heater.unpriced - before == pytest.approx(100)


def test_a_season_begins_on_the_first_of_september(life: Life) -> None:
    life.live(HOUR, 0, shed=True)
    saved = life.accounts.saved
    assert saved > 0
    since = life.accounts.season_since
    life.live(1, 0)
    assert (life.accounts.saved, life.accounts.season_since) == (saved, since)
    life.now = 1_819_756_800.0  # 2027-09-01, 02:00 in Paris: still the Tempo day before
    life.live(1, 0)
    assert life.accounts.season == 2026
    life.live(5 * HOUR, 0)
    assert life.accounts.season == 2027
    assert life.accounts.saved == 0
    assert life.accounts.season_since > since

"""What the regulation is told of the meter and of the grid."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.linky_pilote.engine.estimate import Estimate, EstimateMethod
from custom_components.linky_pilote.engine.reading import (
    Contract,
    MeterReading,
    MovingPeak,
    Peak,
    TariffPeriod,
    TempoColor,
    TicMode,
)
from custom_components.linky_pilote.engine.regulation.model import (
    Battery,
    PeakKind,
    Signals,
)
from custom_components.linky_pilote.home.options import HomeOptions
from custom_components.linky_pilote.home.readings import regulation_reading, signals
from custom_components.linky_pilote.measures import celsius, watts

OPTIONS = HomeOptions()
MORNING = datetime(2026, 12, 15, 6, tzinfo=UTC)
NOON = datetime(2026, 12, 15, 12, tzinfo=UTC)


def reading(**said: Any) -> MeterReading:
    """Return what a meter says."""
    return MeterReading(mode=TicMode.STANDARD, complete=True, **said)


def announced(
    hass: HomeAssistant,
    said: MeterReading | None,
    now: float,
    options: HomeOptions = OPTIONS,
) -> Signals:
    """Return what a meter announces that has just been heard."""
    return signals(hass, said, options, now, now)


def test_one_phase() -> None:
    said = reading(
        apparent_power=3000,
        cutoff_power=6000,
        subscribed_power=9000,
        peak_today=Peak(power=5100),
        period=TariffPeriod.PEAK,
        overload=True,
        relays=(True, *7 * (False,)),
    )
    estimate = Estimate(power=2900, error=50, method=EstimateMethod.INDEXES)
    told = regulation_reading(said, estimate, 12.0)
    assert told is not None
    assert (told.time, told.net, told.apparent) == (12.0, 2900, (3000.0,))
    assert told.cutoff == 6000, "it can be lower than the subscribed power"
    assert told.peak_today == (5100.0,)
    assert told.overload
    assert told.dry_contact_closed is True
    assert told.period is TariffPeriod.PEAK


def test_a_home_that_injects() -> None:
    told = regulation_reading(reading(apparent_power=0, injected_power=1200), None, 0.0)
    assert told is not None
    assert told.net == -1200
    assert told.cutoff is None
    assert told.dry_contact_closed is None


@pytest.mark.parametrize(
    ("drawn", "current", "gives"), [(0, 9, True), (0, 0, False), (2070, 9, False)]
)
def test_a_home_that_injects_in_historical_mode(
    drawn: int, current: int, gives: bool
) -> None:
    told = regulation_reading(
        reading(apparent_power=drawn, currents=(current,)), None, 0.0
    )
    assert told is not None
    assert told.injecting is gives


def test_three_phases() -> None:
    said = reading(
        phases=3,
        apparent_power_by_phase=(1000, 2000, 0),
        subscribed_power=12_000,
        peaks_today_by_phase=(Peak(power=2000), Peak(power=3000), Peak(power=100)),
    )
    told = regulation_reading(said, None, 0.0)
    assert told is not None
    assert told.apparent == (1000.0, 2000.0, 0.0)
    assert told.net == 3000
    assert told.cutoff == 4000, "each phase has a third"
    assert told.peak_today == (2000.0, 3000.0, 100.0)


def test_a_meter_that_says_no_power() -> None:
    assert regulation_reading(reading(), None, 0.0) is None


def test_without_a_grid_entry_the_meter_announces(hass: HomeAssistant) -> None:
    said = reading(
        contract=Contract.TEMPO,
        color_today=TempoColor.WHITE,
        color_tomorrow=TempoColor.RED,
        moving_peaks={
            1: MovingPeak(start=MORNING, end=NOON),
            2: MovingPeak(start=NOON),
        },
    )
    told = announced(hass, said, MORNING.timestamp())
    assert told.tempo
    assert told.color is TempoColor.WHITE
    assert told.color_tomorrow is TempoColor.RED
    assert [span.kind for span in told.peaks] == [PeakKind.SUPPLIER]
    assert announced(hass, None, MORNING.timestamp()) == Signals()


@pytest.mark.parametrize(
    ("hours", "told"),
    [
        (0, (TempoColor.BLUE, TempoColor.RED)),
        (8, (TempoColor.RED, None)),
        (31, (TempoColor.RED, None)),
        (32, (None, None)),
        (80, (None, None)),
    ],
)
def test_the_colours_of_a_meter_that_has_fallen_silent(
    hass: HomeAssistant, hours: int, told: tuple[TempoColor | None, ...]
) -> None:
    """It spoke at ten in the evening: at six its tomorrow has come."""
    said = reading(
        contract=Contract.TEMPO,
        period=TariffPeriod.BLUE_OFF_PEAK,
        color_today=TempoColor.BLUE,
        color_tomorrow=TempoColor.RED,
    )
    heard_at = datetime(2026, 12, 14, 21, tzinfo=UTC).timestamp()
    found = signals(hass, said, OPTIONS, heard_at + hours * 3600 + 1800, heard_at)
    assert (found.color, found.color_tomorrow) == told


def test_units_of_sensors(hass: HomeAssistant) -> None:
    for entity_id, state, unit in (
        ("sensor.kilo", "1.5", "kW"),
        ("sensor.watt", "1500", "W"),
        ("sensor.warm", "68", "°F"),
        ("sensor.lost", "unavailable", "W"),
        ("sensor.odd", "12", "km/h"),
    ):
        hass.states.async_set(entity_id, state, {"unit_of_measurement": unit})
    hass.states.async_set("sensor.bare", "12")
    assert watts(hass, "sensor.kilo") == watts(hass, "sensor.watt") == 1500
    assert celsius(hass, "sensor.warm") == pytest.approx(20)
    for nothing in ("sensor.lost", "sensor.odd", "sensor.bare", "sensor.none", None):
        assert watts(hass, nothing) is None


@pytest.mark.parametrize(
    ("minutes", "period", "told"),
    [
        (-1, TariffPeriod.BLUE_OFF_PEAK, (TempoColor.BLUE, TempoColor.RED)),
        (0, TariffPeriod.BLUE_OFF_PEAK, (TempoColor.RED, None)),
        (19, TariffPeriod.BLUE_OFF_PEAK, (TempoColor.RED, None)),
        (0, TariffPeriod.BLUE_PEAK, (TempoColor.BLUE, TempoColor.RED)),
        (20, TariffPeriod.BLUE_OFF_PEAK, (TempoColor.BLUE, TempoColor.RED)),
    ],
)
def test_a_meter_that_is_late_at_six(
    hass: HomeAssistant,
    minutes: int,
    period: TariffPeriod,
    told: tuple[TempoColor, TempoColor | None],
) -> None:
    six = datetime(2026, 12, 15, 5, tzinfo=UTC).timestamp()
    said = reading(
        period=period, color_today=TempoColor.BLUE, color_tomorrow=TempoColor.RED
    )
    heard = announced(hass, said, six + minutes * 60)
    assert (heard.color, heard.color_tomorrow) == told


def test_three_clamps_that_give_watts() -> None:
    said = MeterReading(
        mode=None,
        complete=True,
        phases=3,
        active_power=620,
        active_power_by_phase=(1000, -400, 20),
        subscribed_power=12_000,
    )
    estimate = Estimate(power=620, error=0, method=EstimateMethod.MEASURED)
    told = regulation_reading(said, estimate, 0.0)
    assert told is not None
    assert told.net == 620
    assert told.apparent == (1000.0, 0.0, 20.0)
    assert told.cutoff == 4000


def test_the_frequency_of_the_grid(hass: HomeAssistant) -> None:
    options = HomeOptions.of({"frequency": "sensor.grid"})
    assert options.settings({}).frequency
    assert not HomeOptions().settings({}).frequency
    assert announced(hass, None, 0.0, options).frequency is None
    hass.states.async_set("sensor.grid", "49950", {"unit_of_measurement": "mHz"})
    found = announced(hass, None, 0.0, options).frequency
    assert found is not None
    assert found.value == pytest.approx(49.95)
    assert found.resolution == pytest.approx(0.001)
    hass.states.async_set("sensor.grid", "50.1", {"unit_of_measurement": "Hz"})
    found = announced(hass, reading(), 0.0, options).frequency
    assert found is not None
    assert found.resolution == pytest.approx(0.1)


def test_a_battery(hass: HomeAssistant) -> None:
    options = HomeOptions.of(
        {"battery": "sensor.battery", "battery_level": "sensor.level"}
    )
    assert announced(hass, reading(), 0.0, options).battery is None
    hass.states.async_set("sensor.battery", "1.5", {"unit_of_measurement": "kW"})
    battery = announced(hass, None, 0.0, options).battery
    assert battery == Battery(power=1500.0, soc=None)
    hass.states.async_set("sensor.level", "80", {"unit_of_measurement": "%"})
    other_way = replace(options, battery_inverted=True)
    battery = announced(hass, reading(), 0.0, other_way).battery
    assert battery == Battery(power=-1500.0, soc=80.0)

"""What a meter remembers, and its form as JSON."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from .chance import between, key
from .setup import MeterSetup
from .tariff import OFFERS

_START = key("index at the start")
_OLDEST_WH = 18_000_000
TOTAL = "total"
INJECTED = "injected"


@dataclass(slots=True, kw_only=True)
class Maximum:
    """The highest value of a day."""

    va: float = 0.0
    epoch_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """The mean powers of an interval of the load curve."""

    end_s: float
    drawn_w: float
    injected_w: float


@dataclass(slots=True, kw_only=True)
class MeterState:
    """Registers, with their fractions."""

    epoch_s: float
    """How far the meter has counted, in seconds since 1970."""
    indexes_wh: dict[str, float]
    """Drawn energy by `TariffPeriod`."""
    distributor_wh: list[float]
    injected_wh: float = 0.0
    reactive_varh: list[float] = field(default_factory=lambda: [0.0] * 4)
    filters: dict[str, float] = field(default_factory=dict)
    """Square of the filtered apparent power, by phase, total and injected, in VA²."""
    today: dict[str, Maximum] = field(default_factory=dict)
    yesterday: dict[str, Maximum] = field(default_factory=dict)
    curve: list[CurvePoint] = field(default_factory=list)
    """The last two points, the latest first."""
    curve_drawn_wh: float = 0.0
    curve_injected_wh: float = 0.0
    voltage_sums: list[float] = field(default_factory=list)
    """Volt-seconds of the running ten minutes, by phase."""
    mean_voltages: list[float] = field(default_factory=list)
    mean_voltages_end_s: float = 0.0
    reclose_s: float | None = None
    """When someone closes the breaker again; None while it is closed."""

    def to_json(self) -> dict[str, Any]:
        """Return it as what `json.dumps` takes."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> MeterState:
        """Read what `to_json` gave."""
        fields = dict(data)
        for name in ("today", "yesterday"):
            fields[name] = {
                place: Maximum(**maximum) for place, maximum in fields[name].items()
            }
        fields["curve"] = [CurvePoint(**point) for point in fields["curve"]]
        return cls(**fields)


def first_state(setup: MeterSetup, epoch_s: float) -> MeterState:
    """Return the registers of a meter that has been there for some years."""
    bands = OFFERS[setup.contract].bands
    indexes = {
        str(band.period): between(
            0.1 * _OLDEST_WH / (1 + place), _OLDEST_WH / (1 + place), setup.seed, _START
        )
        for place, band in enumerate(bands)
    }
    total = setup.earlier_wh + sum(indexes.values())
    share = between(0.3, 0.4, setup.seed, _START, 1)
    winter = between(0.4, 0.5, setup.seed, _START, 2)
    distributor = [
        total * (1 - winter) * share,
        total * (1 - winter) * (1 - share),
        total * winter * share,
        total * winter * (1 - share),
    ]
    injected = between(2e6, 9e6, setup.seed, _START, 3) if setup.solar else 0.0
    return MeterState(
        epoch_s=epoch_s,
        indexes_wh=indexes,
        distributor_wh=distributor,
        injected_wh=injected,
        mean_voltages=[230.0] * setup.phases,
        voltage_sums=[0.0] * setup.phases,
    )

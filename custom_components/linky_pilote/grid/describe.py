"""How the tables of the grid's sensors describe them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from homeassistant.components.sensor import SensorEntityDescription

from ..engine.signals import EcowattLevel
from .sources import SourceName
from .view import View

type Value = str | float | datetime | None

ATTR_WHY: Final = "why"
ATTR_SOURCE: Final = "source"
ATTR_HEARD_AT: Final = "heard_at"
ATTR_MEASURED_AT: Final = "measured_at"

LEVELS: Final = {
    EcowattLevel.LOW_CARBON: "green_low_carbon",
    EcowattLevel.GREEN: "green",
    EcowattLevel.ORANGE: "orange",
    EcowattLevel.RED: "red",
}


@dataclass(frozen=True, kw_only=True)
class GridSensorDescription(SensorEntityDescription):
    """How a sensor is made of what is known."""

    value_fn: Callable[[View], Value]
    attributes_fn: Callable[[View], Mapping[str, Any]] = lambda _: {}
    why_fn: Callable[[View], str | None] = lambda _: None
    """Why there is no value; only asked then."""
    sources: frozenset[SourceName] = frozenset()
    """It is there when one of them is; empty: always."""
    priced: bool = False
    """It is there when the user chose a contract."""


def describe(key: str, **fields: Any) -> GridSensorDescription:
    """Describe a sensor; its translation has its key, after `grid_`."""
    return GridSensorDescription(key=key, translation_key=f"grid_{key}", **fields)


def heard_at(view: View, source: SourceName) -> dict[str, Any]:
    """Return who spoke, and when."""
    heard = view.heard.get(source)
    answered = heard and heard.answered
    return {ATTR_SOURCE: source, ATTR_HEARD_AT: answered and answered.isoformat()}

"""Sensors of the grid: one description each, made where a source for it is set up."""

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorStateClass,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..engine.reading import Contract, TempoColor
from ..engine.signals import (
    PRICED_PERIODS,
    EcowattDay,
    Trouble,
    Verdict,
)
from .carbon import CARBON
from .describe import (
    ATTR_HEARD_AT,
    ATTR_MEASURED_AT,
    ATTR_SOURCE,
    ATTR_WHY,
    LEVELS,
    GridSensorDescription,
    describe,
    heard_at,
)
from .entity import GridEntity
from .hub import Grid
from .pricing import PricePoint
from .sources import SourceName
from .view import View, Why

if TYPE_CHECKING:
    from ..data import GridConfigEntry

_EUR_PER_KWH: Final = "EUR/kWh"

# --- Tempo ----------------------------------------------------------------------------


def _verdict(key: str, verdict_fn: Callable[[View], Verdict]) -> GridSensorDescription:
    """Describe the colour of a day; only what is final is shown as the state."""

    def attributes(view: View) -> dict[str, Any]:
        verdict = verdict_fn(view)
        return {
            "day": verdict.day.isoformat(),
            ATTR_SOURCE: verdict.source,
            ATTR_HEARD_AT: verdict.said and verdict.said.isoformat(),
            "indication": verdict.indication,
            "disputed": verdict.disputed,
            "voices": dict(verdict.voices),
        }

    return describe(
        key,
        attributes_fn=attributes,
        device_class=SensorDeviceClass.ENUM,
        options=[color.value for color in TempoColor],
        value_fn=lambda view: verdict_fn(view).color,
        why_fn=lambda view: view.why_no_color(verdict_fn(view)),
    )


def _left(color: TempoColor) -> GridSensorDescription:
    def value(view: View) -> int | None:
        return view.days_left[color] if view.days_left else None

    return describe(
        f"tempo_{color}_left",
        attributes_fn=lambda view: {
            "season": view.season.name,
            "of": view.season.days[color],
        },
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=value,
        why_fn=lambda _: Why.DAYS_MISSING,
    )


_TEMPO: Final = (
    _verdict("tempo_today", lambda view: view.today),
    _verdict("tempo_tomorrow", lambda view: view.tomorrow),
    describe(
        "tempo_period",
        device_class=SensorDeviceClass.ENUM,
        options=[period.value for period in PRICED_PERIODS[Contract.TEMPO]],
        value_fn=lambda view: view.period,
        why_fn=lambda view: view.why_no_color(view.today),
    ),
    describe(
        "tempo_next_change",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda view: view.next_change,
    ),
    *(_left(color) for color in TempoColor),
)


# --- EcoWatt --------------------------------------------------------------------------


def _ecowatt(key: str, **fields: Any) -> GridSensorDescription:
    return describe(
        key,
        device_class=SensorDeviceClass.ENUM,
        options=list(LEVELS.values()),
        sources=frozenset({SourceName.ECOWATT}),
        why_fn=View.why_no_ecowatt,
        **fields,
    )


def _level_now(view: View) -> str | None:
    level = view.ecowatt.level_at(view.now) if view.ecowatt else None
    return None if level is None else LEVELS[level]


def _coming(view: View) -> dict[str, Any]:
    """Return the levels from now on."""
    spans = view.ecowatt.spans if view.ecowatt else ()
    coming = [
        {
            "start": span.start.isoformat(),
            "end": span.end.isoformat(),
            "level": LEVELS[span.level],
        }
        for span in spans
        if span.end > view.now
    ]
    return {**heard_at(view, SourceName.ECOWATT), "coming": coming}


def _ecowatt_day(key: str, ahead: int) -> GridSensorDescription:
    def attributes(view: View) -> dict[str, Any]:
        day: EcowattDay | None = view.ecowatt_day(ahead)
        if day is None:
            return heard_at(view, SourceName.ECOWATT)
        hours = [None if level is None else LEVELS[level] for level in day.hours]
        return {
            **heard_at(view, SourceName.ECOWATT),
            "day": day.day.isoformat(),
            "message": day.message,
            "hours": hours,
        }

    def value(view: View) -> str | None:
        day = view.ecowatt_day(ahead)
        return None if day is None else LEVELS[day.level]

    return _ecowatt(key, attributes_fn=attributes, value_fn=value)


_ECOWATT: Final = (
    _ecowatt("ecowatt_now", attributes_fn=_coming, value_fn=_level_now),
    _ecowatt_day("ecowatt_today", 0),
    _ecowatt_day("ecowatt_tomorrow", 1),
    _ecowatt_day("ecowatt_in_2_days", 2),
    _ecowatt_day("ecowatt_in_3_days", 3),
)


# --- prices ---------------------------------------------------------------------------


def _price(
    key: str, point_fn: Callable[[View], PricePoint | None]
) -> GridSensorDescription:
    def attributes(view: View) -> dict[str, Any]:
        point = point_fn(view)
        if point is None:
            return {}
        regulated = view.tariff.regulated if view.tariff else None
        shown: dict[str, Any] = {"period": point.period, ATTR_SOURCE: point.origin}
        if point is not view.price:
            shown["from"] = point.since.isoformat()
        if regulated is not None and point.origin == "regulated":
            shown["prices_of"] = regulated.since.isoformat()
            shown["outdated"] = regulated.outdated(view.now.date())
        return shown

    def value(view: View) -> float | None:
        point = point_fn(view)
        return point and point.price

    # No device class: a price per kWh is no amount of money (Energy dashboard)
    return describe(
        key,
        attributes_fn=attributes,
        native_unit_of_measurement=_EUR_PER_KWH,
        priced=True,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=4,
        value_fn=value,
        why_fn=lambda view: view.why_no_price(point_fn(view)),
    )


_PRICES: Final = (
    _price("price", lambda view: view.price),
    _price("next_price", lambda view: view.next_price),
)


# --- the sources themselves -----------------------------------------------------------


def _source(source: SourceName) -> GridSensorDescription:
    def attributes(view: View) -> dict[str, Any]:
        heard = view.heard[source]
        return {
            "trouble": heard.trouble,
            "asked_at": heard.asked and heard.asked.isoformat(),
            "asked_again_at": heard.due and heard.due.isoformat(),
        }

    return describe(
        f"answer_{source}",
        attributes_fn=attributes,
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        sources=frozenset({source}),
        value_fn=lambda view: view.heard[source].answered,
        why_fn=lambda view: view.heard[source].trouble or Why.NOT_ASKED,
    )


GRID_SENSORS: Final[tuple[GridSensorDescription, ...]] = (
    *_TEMPO,
    *_ECOWATT,
    *CARBON,
    *_PRICES,
    *(_source(source) for source in SourceName),
)

WHYS: Final[tuple[StrEnum, ...]] = (*Why, *Trouble)


class GridSensor(GridEntity, SensorEntity):
    """A part of what is known."""

    entity_description: GridSensorDescription
    _unrecorded_attributes = frozenset(
        {
            ATTR_HEARD_AT,
            ATTR_MEASURED_AT,
            "asked_again_at",
            "asked_at",
            "borders",
            "coming",
            "hours",
            "voices",
        }
    )

    def __init__(self, grid: Grid, description: GridSensorDescription) -> None:
        """Begin with what is known."""
        super().__init__(grid, description.key)
        self.entity_description = description

    @override
    def _look(self) -> object:
        view, description = self._grid.view, self.entity_description
        value = description.value_fn(view)
        attributes = {
            name: shown
            for name, shown in description.attributes_fn(view).items()
            if shown is not None
        }
        if value is None and (why := description.why_fn(view)) is not None:
            attributes[ATTR_WHY] = why
        self._attr_native_value = value
        self._attr_extra_state_attributes = attributes
        return value, attributes


async def async_set_up_sensors(
    hass: HomeAssistant,
    entry: GridConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors that there is a source for."""
    grid = entry.runtime_data
    async_add_entities(
        GridSensor(grid, description)
        for description in GRID_SENSORS
        if (not description.sources or description.sources & grid.sources.keys())
        and (not description.priced or grid.view.tariff is not None)
    )

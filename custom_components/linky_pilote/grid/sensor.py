"""Sensors of the grid: one description each, made where a source for it is set up."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory, UnitOfMass, UnitOfPower, UnitOfRatio
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..engine.reading import Contract, TempoColor
from ..engine.signals import (
    PRICED_PERIODS,
    Carbon,
    EcowattDay,
    EcowattLevel,
    Mix,
    Origin,
    Trouble,
    Verdict,
)
from .entity import GridEntity
from .hub import Grid
from .pricing import PricePoint
from .sources import SourceName
from .view import View, Why

if TYPE_CHECKING:
    from ..data import GridConfigEntry

type Value = str | float | datetime | None

ATTR_WHY: Final = "why"
ATTR_SOURCE: Final = "source"
ATTR_HEARD_AT: Final = "heard_at"
ATTR_MEASURED_AT: Final = "measured_at"

_G_PER_KWH: Final = "gCO2eq/kWh"
_G_PER_MINUTE: Final = "g/min"
_EUR_PER_KWH: Final = "EUR/kWh"

_LEVELS: Final = {
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


def _describe(key: str, **fields: Any) -> GridSensorDescription:
    return GridSensorDescription(key=key, translation_key=f"grid_{key}", **fields)


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

    return _describe(
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

    return _describe(
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
    _describe(
        "tempo_period",
        device_class=SensorDeviceClass.ENUM,
        options=[period.value for period in PRICED_PERIODS[Contract.TEMPO]],
        value_fn=lambda view: view.period,
        why_fn=lambda view: view.why_no_color(view.today),
    ),
    _describe(
        "tempo_next_change",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda view: view.next_change,
    ),
    *(_left(color) for color in TempoColor),
)


# --- EcoWatt --------------------------------------------------------------------------


def _ecowatt(key: str, **fields: Any) -> GridSensorDescription:
    return _describe(
        key,
        device_class=SensorDeviceClass.ENUM,
        options=list(_LEVELS.values()),
        sources=frozenset({SourceName.ECOWATT}),
        why_fn=View.why_no_ecowatt,
        **fields,
    )


def _level_now(view: View) -> str | None:
    level = view.ecowatt.level_at(view.now) if view.ecowatt else None
    return None if level is None else _LEVELS[level]


def _coming(view: View) -> dict[str, Any]:
    """Return the levels from now on."""
    spans = view.ecowatt.spans if view.ecowatt else ()
    coming = [
        {
            "start": span.start.isoformat(),
            "end": span.end.isoformat(),
            "level": _LEVELS[span.level],
        }
        for span in spans
        if span.end > view.now
    ]
    return {**_heard_at(view, SourceName.ECOWATT), "coming": coming}


def _ecowatt_day(key: str, ahead: int) -> GridSensorDescription:
    def attributes(view: View) -> dict[str, Any]:
        day: EcowattDay | None = view.ecowatt_day(ahead)
        if day is None:
            return _heard_at(view, SourceName.ECOWATT)
        hours = [None if level is None else _LEVELS[level] for level in day.hours]
        return {
            **_heard_at(view, SourceName.ECOWATT),
            "day": day.day.isoformat(),
            "message": day.message,
            "hours": hours,
        }

    def value(view: View) -> str | None:
        day = view.ecowatt_day(ahead)
        return None if day is None else _LEVELS[day.level]

    return _ecowatt(key, attributes_fn=attributes, value_fn=value)


_ECOWATT: Final = (
    _ecowatt("ecowatt_now", attributes_fn=_coming, value_fn=_level_now),
    _ecowatt_day("ecowatt_today", 0),
    _ecowatt_day("ecowatt_tomorrow", 1),
    _ecowatt_day("ecowatt_in_2_days", 2),
    _ecowatt_day("ecowatt_in_3_days", 3),
)


# --- carbon and origin ----------------------------------------------------------------


def _heard_at(view: View, source: SourceName) -> dict[str, Any]:
    heard = view.heard.get(source)
    answered = heard and heard.answered
    return {ATTR_SOURCE: source, ATTR_HEARD_AT: answered and answered.isoformat()}


def _carbon(
    key: str, source: SourceName, carbon_fn: Callable[[View], Carbon | None]
) -> GridSensorDescription:
    def attributes(view: View) -> dict[str, Any]:
        carbon = carbon_fn(view)
        shown: dict[str, Any] = _heard_at(view, source)
        if carbon is not None:
            shown["zone"] = carbon.zone
            shown[ATTR_MEASURED_AT] = carbon.time.isoformat()
            shown["estimated"] = carbon.estimated
        return shown

    def value(view: View) -> float | None:
        carbon = carbon_fn(view)
        return None if carbon is None else carbon.intensity

    return _describe(
        key,
        attributes_fn=attributes,
        native_unit_of_measurement=_G_PER_KWH,
        sources=frozenset({source}),
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=value,
        why_fn=lambda view: view.why_no_measure(source),
    )


def _of_mix(
    key: str,
    mix_fn: Callable[[Mix], float | None],
    attributes_fn: Callable[[Mix], dict[str, Any]] = lambda _: {},
    **fields: Any,
) -> GridSensorDescription:
    def attributes(view: View) -> dict[str, Any]:
        shown: dict[str, Any] = _heard_at(view, view.carbon_source)
        if (mix := view.mix) is not None:
            shown["zone"] = mix.zone
            shown[ATTR_MEASURED_AT] = mix.time.isoformat()
            shown["of"] = "consumption" if mix.consumed else "production"
            shown |= attributes_fn(mix)
        return shown

    def value(view: View) -> float | None:
        value = mix_fn(view.mix) if view.mix else None
        return None if value is None else round(value, 2)

    return _describe(
        key,
        attributes_fn=attributes,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=value,
        why_fn=lambda view: view.why_no_measure(view.carbon_source),
        **fields,
    )


def _share(
    key: str, mix_fn: Callable[[Mix], float | None], **fields: Any
) -> GridSensorDescription:
    return _of_mix(
        key,
        mix_fn,
        native_unit_of_measurement=UnitOfRatio.PERCENTAGE,
        suggested_display_precision=1,
        **fields,
    )


_RARE: Final = {Origin.GEOTHERMAL, Origin.STORAGE, Origin.UNKNOWN}


def _origins() -> Iterator[GridSensorDescription]:
    for origin in Origin:
        yield _share(
            f"share_{origin}",
            lambda mix, origin=origin: mix.share(origin),  # type: ignore[misc]
            entity_registry_enabled_default=origin not in _RARE,
            sources=frozenset({SourceName.ELECTRICITY_MAPS})
            if origin in _RARE
            else frozenset(),
        )


_CARBON: Final = (
    _carbon(
        "carbon_consumption",
        SourceName.ELECTRICITY_MAPS,
        lambda view: view.maps_carbon,
    ),
    _carbon("carbon_production", SourceName.ECO2MIX, lambda view: view.eco2mix_carbon),
    _share("share_renewable", lambda mix: mix.renewable),
    _share("share_low_carbon", lambda mix: mix.low_carbon),
    *_origins(),
    _of_mix(
        "exchange",
        lambda mix: mix.exchange,
        lambda mix: {"borders": dict(mix.imports)},
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.MEGA_WATT,
        suggested_display_precision=0,
    ),
    _describe(
        "home_carbon",
        attributes_fn=lambda view: {ATTR_SOURCE: view.carbon_source},
        native_unit_of_measurement=_G_PER_MINUTE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=1,
        value_fn=lambda view: (
            None if view.grams_per_minute is None else round(view.grams_per_minute, 2)
        ),
        why_fn=lambda view: (
            Why.NO_METER
            if view.intensity is not None
            else view.why_no_measure(view.carbon_source)
        ),
    ),
    _describe(
        "home_carbon_today",
        attributes_fn=lambda view: {
            ATTR_SOURCE: view.carbon_source,
            "uncounted_wh": view.uncounted_wh,
        },
        device_class=SensorDeviceClass.WEIGHT,
        native_unit_of_measurement=UnitOfMass.KILOGRAMS,
        state_class=SensorStateClass.TOTAL_INCREASING,
        suggested_display_precision=2,
        value_fn=lambda view: (
            None if view.kg_today is None else round(view.kg_today, 3)
        ),
        why_fn=lambda _: Why.NO_METER,
    ),
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
    return _describe(
        key,
        attributes_fn=attributes,
        native_unit_of_measurement=_EUR_PER_KWH,
        sources=frozenset({SourceName.PRICES}),
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

    return _describe(
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
    *_CARBON,
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
        if not description.sources or description.sources & grid.sources.keys()
    )

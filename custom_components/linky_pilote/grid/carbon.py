"""Sensors of carbon and origin, of the grid and of the home."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import UnitOfMass, UnitOfPower, UnitOfRatio

from ..engine.signals import Carbon, Mix, Origin
from .describe import (
    ATTR_MEASURED_AT,
    ATTR_SOURCE,
    GridSensorDescription,
    describe,
    heard_at,
)
from .sources import SourceName
from .view import View, Why

_G_PER_KWH: Final = "gCO2eq/kWh"
_G_PER_MINUTE: Final = "g/min"


def _carbon(
    key: str, source: SourceName, carbon_fn: Callable[[View], Carbon | None]
) -> GridSensorDescription:
    def attributes(view: View) -> dict[str, Any]:
        carbon = carbon_fn(view)
        shown: dict[str, Any] = heard_at(view, source)
        if carbon is not None:
            shown["zone"] = carbon.zone
            shown[ATTR_MEASURED_AT] = carbon.time.isoformat()
            shown["estimated"] = carbon.estimated
        return shown

    def value(view: View) -> float | None:
        carbon = carbon_fn(view)
        return None if carbon is None else carbon.intensity

    return describe(
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
        shown: dict[str, Any] = heard_at(view, view.carbon_source)
        if (mix := view.mix) is not None:
            shown["zone"] = mix.zone
            shown[ATTR_MEASURED_AT] = mix.time.isoformat()
            shown["of"] = "consumption" if mix.consumed else "production"
            shown |= attributes_fn(mix)
        return shown

    def value(view: View) -> float | None:
        value = mix_fn(view.mix) if view.mix else None
        return None if value is None else round(value, 2)

    return describe(
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


CARBON: Final = (
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
    describe(
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
    describe(
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

"""What a user can hand in about a meter; the tests can read it back as a recording."""

from dataclasses import asdict
from typing import Any, Final

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.core import HomeAssistant

from .const import CONF_METER_ID, CONF_SERIAL_PORT, CONF_TOPIC
from .data import GridConfigEntry, LinkyPiloteConfigEntry, MeterData, is_grid
from .engine.reading import MeterReading
from .engine.tic import Mask
from .grid.diagnostics import describe_grid
from .home.coordinator import HomeCoordinator
from .home.verdicts import describe
from .meter.naming import number_of
from .place import Place

_PRIVATE: Final = {CONF_METER_ID}


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: LinkyPiloteConfigEntry | GridConfigEntry
) -> dict[str, Any]:
    """Return what is known of a meter or of the grid, without what is private."""
    if is_grid(entry):
        return describe_grid(entry)
    mask = Mask()
    number = number_of(entry.unique_id)
    number = number and mask.number(number)
    meter: MeterData | None = getattr(entry, "runtime_data", None)
    return {
        "entry": {
            "data": _redact(dict(entry.data), mask),
            "meter_number": number,
            "options": dict(entry.options),
            "version": [entry.version, entry.minor_version],
        },
        **(_describe(meter, mask) if meter else {}),
    }


def _redact(data: dict[str, Any], mask: Mask) -> dict[str, Any]:
    """Leave out what is private; of a URL everything but its kind may be."""
    place = Place.of(data)
    if place.is_topic:
        data[CONF_TOPIC] = mask.text(place.where)
        return async_redact_data(data, _PRIVATE)
    if not place.is_line:
        return async_redact_data(data, _PRIVATE)
    scheme, separator, _ = place.where.partition("://")
    private = _PRIVATE | ({CONF_SERIAL_PORT} if separator else set())
    redacted = async_redact_data(data, private)
    if separator:
        redacted[CONF_SERIAL_PORT] = f"{scheme}://{redacted[CONF_SERIAL_PORT]}"
    return redacted


def _describe(meter: MeterData, mask: Mask) -> dict[str, Any]:
    """Return what a meter's line said."""
    source = meter.source
    reading = meter.coordinator.data
    return {
        "line": {
            **asdict(source.figures),
            "connected": source.connected,
            "speed": source.speed,
        },
        "home": describe_home(meter.home),
        "reading": reading and describe_reading(reading, mask),
        "unknown_labels": {
            label: mask.text(data) for label, data in source.unknown_values.items()
        },
        # Latin-1 keeps every byte as it is, and the groups can be read.
        "heard": mask.line(source.heard).decode("latin-1").splitlines(keepends=True),
    }


def describe_reading(reading: MeterReading, mask: Mask) -> dict[str, Any]:
    """Return a reading's fields, its numbers masked."""
    numbers = {
        "serial": reading.serial and mask.number(reading.serial),
        "delivery_point": reading.delivery_point
        and mask.number(reading.delivery_point, meter=False),
    }
    texts = {
        key: mask.text(value) if isinstance(value, str) else value
        for key, value in asdict(reading).items()
    }
    return {
        **texts,
        **numbers,
        "contract_indexes": sorted(reading.contract_indexes),
    }


def describe_home(home: HomeCoordinator) -> dict[str, Any]:
    """Return how the loads are regulated; they go by numbers, not by their names."""
    decision = home.data
    return {
        "house": decision and decision.house,
        "figures": decision and dict(decision.figures),
        "to_give_back": len(home.memory.changes),
        "loads": [
            {
                "load": {**asdict(driver.load.load), "key": number},
                "behaviour": driver.load.behaviour,
                "armed": key in home.wishes.armed,
                "group": home.memory.ranks[key],
                "verdict": None
                if (verdict := home.verdict(key)) is None
                else {**describe(verdict), "figures": dict(verdict.figures)},
            }
            for number, (key, driver) in enumerate(home.drivers.items(), 1)
        ],
    }

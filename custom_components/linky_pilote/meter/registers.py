"""Sensors of the meter's registers: its status, its calendar, its messages."""

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any, Final

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import EntityCategory

from ..engine.reading import (
    Breaker,
    Contract,
    DayBlock,
    EuridisOutput,
    MeterReading,
    MovingPeak,
    PowerLineStatus,
    StatusRegister,
)
from .describe import MeterSensorDescription, describe, options_of
from .entity import Value

ATTR_PLAN: Final = "plan"

_MOVING_PEAKS: Final = ("none", "peak_1", "peak_2", "peak_3")


def has_status(reading: MeterReading) -> bool:
    """Tell whether the meter sends its status register."""
    return reading.status is not None


def of_status[T](
    value_fn: Callable[[StatusRegister], T],
) -> Callable[[MeterReading], T | None]:
    """Return a function that takes a part of the status register."""

    def of_reading(reading: MeterReading) -> T | None:
        return None if reading.status is None else value_fn(reading.status)

    return of_reading


def _status(
    key: str,
    options: list[str],
    value_fn: Callable[[StatusRegister], Value],
    **fields: Any,
) -> MeterSensorDescription:
    """Describe a field of the status register; an undefined code is unknown."""
    return describe(
        key,
        device_class=SensorDeviceClass.ENUM,
        exists_fn=has_status,
        options=options,
        value_fn=of_status(value_fn),
        **fields,
    )


def _knows_peaks(reading: MeterReading) -> bool:
    """Tell a contract with moving peaks by those known now; Tempo has its colours."""
    status = reading.status
    return reading.contract is not Contract.TEMPO and bool(
        reading.moving_peaks
        or (status and (status.moving_peak or status.moving_peak_notice))
    )


def _moving_peak(number: int) -> Iterator[MeterSensorDescription]:
    """Describe when a moving peak starts and ends."""

    def describe_moment(
        name: str, moment_fn: Callable[[MovingPeak], Value]
    ) -> MeterSensorDescription:
        def value_fn(reading: MeterReading) -> Value:
            peak = reading.moving_peaks.get(number)
            return None if peak is None else moment_fn(peak)

        return describe(
            f"moving_peak_{number}_{name}",
            device_class=SensorDeviceClass.TIMESTAMP,
            enabled_fn=_knows_peaks,
            value_fn=value_fn,
        )

    yield describe_moment("start", lambda peak: peak.start)
    yield describe_moment("end", lambda peak: peak.end)


def _plan(blocks: tuple[DayBlock, ...]) -> dict[str, Any]:
    """Return what a day's plan says, in the order of its times, legal time."""
    return {
        ATTR_PLAN: [
            {
                "time": f"{block.minute // 60:02d}:{block.minute % 60:02d}",
                "index": block.index,
                "dry_contact": block.dry_contact,
            }
            for block in blocks
        ]
    }


def _code(
    key: str, value_fn: Callable[[MeterReading], Value], **fields: Any
) -> MeterSensorDescription:
    """Describe a code or a number that few people know the meaning of."""
    return describe(
        key,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=value_fn,
        **fields,
    )


def _message(
    key: str, value_fn: Callable[[MeterReading], str | None]
) -> MeterSensorDescription:
    """Describe a message; the shortest one (MSG2) is sent in one frame only."""
    return describe(
        key,
        entity_category=EntityCategory.DIAGNOSTIC,
        immediate=True,
        value_fn=value_fn,
    )


REGISTERS: Final = (
    _status(
        "breaker",
        options_of(Breaker),
        lambda status: status.breaker,
        immediate=True,
    ),
    _status(
        "euridis_output",
        options_of(EuridisOutput),
        lambda status: status.euridis,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    _status(
        "power_line_status",
        options_of(PowerLineStatus),
        lambda status: status.power_line,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    _status(
        "moving_peak",
        list(_MOVING_PEAKS),
        lambda status: _MOVING_PEAKS[status.moving_peak or 0],
        enabled_fn=_knows_peaks,
        immediate=True,
    ),
    _status(
        "moving_peak_notice",
        list(_MOVING_PEAKS),
        lambda status: _MOVING_PEAKS[status.moving_peak_notice or 0],
        attributes_fn=lambda reading: _plan(reading.next_peak_plan),
        enabled_fn=_knows_peaks,
        immediate=True,
    ),
    *chain.from_iterable(_moving_peak(number) for number in (1, 2, 3)),
    _code("running_index", lambda reading: reading.period_index),
    _code("day_profile_today", lambda reading: reading.day_profile_today),
    describe(
        "day_profile_tomorrow",
        attributes_fn=lambda reading: _plan(reading.next_day_plan),
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda reading: reading.day_profile_tomorrow,
    ),
    _message("message", lambda reading: reading.message),
    _message("short_message", lambda reading: reading.short_message),
    _code("meter_status_word", lambda reading: reading.meter_status_word),
    _code("timetable_code", lambda reading: reading.timetable_code, lasting=True),
)

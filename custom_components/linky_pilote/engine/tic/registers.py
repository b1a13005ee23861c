"""Registers packed in one group: STGE, RELAIS, PPOT, day profiles, horodates.

Source: Enedis-NOI-CPT_54E version 3, sections 6.2.3.10 (horodate) and 6.2.3.14
(STGE) to 6.2.3.17 (day profiles). Every function takes data that passed the
grammar of its label.
"""

from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from ..reading import (
    Breaker,
    DayBlock,
    EuridisOutput,
    PowerLineStatus,
    StatusRegister,
    TempoColor,
)

PARIS: Final = ZoneInfo("Europe/Paris")

_SEASONS: Final = {
    "H": timezone(timedelta(hours=1)),
    "E": timezone(timedelta(hours=2)),
    " ": PARIS,
}

_BREAKER: Final = dict(enumerate(Breaker))
_COLORS: Final = dict(enumerate(TempoColor, start=1))
_EURIDIS: Final = {
    0: EuridisOutput.OFF,
    1: EuridisOutput.OPEN,
    3: EuridisOutput.SECURED,
}
_POWER_LINE: Final = dict(enumerate(PowerLineStatus))
_DRY_CONTACT: Final = ("unchanged", "tempo", "open", "closed")
_SUPPLIER_INDEXES: Final = range(1, 11)
_UNUSED_BLOCK: Final = "NONUTILE"


def is_degraded(stamp: str) -> bool:
    """Tell whether a horodate says that the meter's clock cannot be trusted."""
    return stamp[0] in "he"


def parse_stamp(stamp: str) -> datetime | None:
    """Return the instant of a horodate `SAAMMJJhhmmss`, with its offset from UTC.

    None when the clock was not set, or for a date that does not exist.
    """
    zone = _SEASONS.get(stamp[0])
    if zone is None:
        return None
    try:
        # The season letter settles the hour that an October night has twice.
        return datetime.fromisoformat(f"20{stamp[1:7]}T{stamp[7:]}").replace(
            tzinfo=zone
        )
    except ValueError:
        return None


# A change of it is told at once, and most come back: the period, an overload.
@lru_cache(maxsize=64)
def parse_status(data: str) -> StatusRegister:
    """Read STGE: 8 hexadecimal digits, bit 0 being the least significant."""
    word = int(data, 16)

    def bits(first: int, width: int = 1) -> int:
        return word >> first & ((1 << width) - 1)

    supplier_index = bits(10, 4) + 1
    return StatusRegister(
        dry_contact_open=bool(bits(0)),
        breaker=_BREAKER.get(bits(1, 3)),
        cover_open=bool(bits(4)),
        overvoltage=bool(bits(6)),
        over_subscribed_power=bool(bits(7)),
        producer=bool(bits(8)),
        exporting=bool(bits(9)),
        supplier_index=supplier_index if supplier_index in _SUPPLIER_INDEXES else None,
        distributor_index=bits(14, 2) + 1,
        clock_degraded=bool(bits(16)),
        standard_output=bool(bits(17)),
        euridis=_EURIDIS.get(bits(19, 2)),
        power_line=_POWER_LINE.get(bits(21, 2)),
        power_line_synchronised=bool(bits(23)),
        color_today=_COLORS.get(bits(24, 2)),
        color_tomorrow=_COLORS.get(bits(26, 2)),
        moving_peak_notice=bits(28, 2) or None,
        moving_peak=bits(30, 2) or None,
    )


def parse_relays(data: str) -> tuple[bool, ...]:
    """Read RELAIS: relays 1 to 8, True when closed."""
    word = int(data)
    return tuple(bool(word >> relay & 1) for relay in range(8))


def parse_missing_phases(data: str) -> tuple[int, ...]:
    """Read PPOT: the phases that have no voltage."""
    word = int(data, 16)
    return tuple(phase for phase in (1, 2, 3) if word >> phase & 1)


def parse_day_plan(data: str) -> tuple[DayBlock, ...]:
    """Read PJOURF+1 or PPOINTE: what happens at which time of that day."""
    return tuple(
        _parse_block(block) for block in data.split(" ") if block != _UNUSED_BLOCK
    )


def _parse_block(block: str) -> DayBlock:
    action = int(block[4:], 16)
    index = action & 0xF
    return DayBlock(
        minute=int(block[:2]) * 60 + int(block[2:4]),
        index=index if index in _SUPPLIER_INDEXES else None,
        dry_contact=_DRY_CONTACT[action >> 14],
        virtual_contacts=tuple(n for n in range(1, 8) if action >> (n + 3) & 1),
    )

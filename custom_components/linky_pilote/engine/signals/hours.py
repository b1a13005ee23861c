"""Off-peak hours of a contract that has them at fixed times of the day."""

from datetime import datetime, time, timedelta
from typing import NamedTuple

from .paris import ONE_DAY, at, paris


class Block(NamedTuple):
    """A part of the day, on the clock in Paris; it may go over midnight."""

    start: time
    end: time


class Stretch(NamedTuple):
    """One occurrence of a block."""

    start: datetime
    end: datetime


def read_blocks(text: str) -> tuple[Block, ...]:
    """Return the blocks in a text as `22:30-06:30, 12:00-14:00`.

    Raise ValueError for anything else; an empty text has none.
    """
    blocks = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        start, _, end = (piece.strip() for piece in part.partition("-"))
        block = Block(time.fromisoformat(start), time.fromisoformat(end))
        if block.start == block.end or block.start.tzinfo or block.end.tzinfo:
            raise ValueError(part)
        blocks.append(block)
    return tuple(sorted(blocks))


def stretches(
    blocks: tuple[Block, ...], now: datetime, ahead: timedelta
) -> tuple[Stretch, ...]:
    """Return when the blocks run, from the one that runs now on, in order."""
    today = paris(now).date()
    found: list[Stretch] = []
    for number in range(-1, ahead.days + 2):
        day = today + timedelta(number)
        for block in blocks:
            last = day if block.end > block.start else day + ONE_DAY
            found.append(
                Stretch(
                    at(day, block.start.hour, block.start.minute),
                    at(last, block.end.hour, block.end.minute),
                )
            )
    return tuple(
        stretch
        for stretch in sorted(found)
        if now < stretch.end and stretch.start < now + ahead
    )

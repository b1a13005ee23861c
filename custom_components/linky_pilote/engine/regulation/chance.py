"""Draws that depend on what they are for alone: the same input, the same decision."""

from zlib import crc32


def share_of(key: str, event: float) -> float:
    """Return a number from 0 to 1 (excluded) for a load and an event."""
    return crc32(f"{key} {event}".encode()) / 2**32

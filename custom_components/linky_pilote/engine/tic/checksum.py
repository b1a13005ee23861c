"""The checksum of a TIC group, and groups and frames written with it.

`checksum = (sum of the bytes & 0x3F) + 0x20` (Enedis-NOI-CPT_54E, section 5.3.3).
In historical mode the separator before the checksum is not summed, in standard
mode it is.
"""

from collections.abc import Iterable

from ..reading import TicMode

SEPARATOR = {TicMode.HISTORICAL: b" ", TicMode.STANDARD: b"\t"}


def checksum(summed: bytes) -> int:
    """Return the checksum character of the bytes it covers, 0x20 to 0x5F."""
    return (sum(summed) & 0x3F) + 0x20


def encode_group(
    mode: TicMode, label: str, data: str, stamp: str | None = None
) -> bytes:
    """Write a group as the meter does, from LF to CR; stamped where a stamp is given."""
    separator = SEPARATOR[mode]
    fields = (label, data) if stamp is None else (label, stamp, data)
    body = separator.join(field.encode("ascii") for field in fields)
    summed = body + separator if mode is TicMode.STANDARD else body
    return b"\n" + body + separator + bytes((checksum(summed),)) + b"\r"


def encode_frame(
    mode: TicMode, groups: Iterable[tuple[str, str] | tuple[str, str, str | None]]
) -> bytes:
    """Write a frame, from STX to ETX; groups are (label, data[, stamp])."""
    return b"\x02" + b"".join(encode_group(mode, *group) for group in groups) + b"\x03"

"""A plain parser to scale by: what a good programmer writes in an hour.

One `translate` takes the parity bit off and turns control bytes into LF, then
`split` and `sum`. It has no grammar, no frames and no mode detection: a floor for
speed, not a design. Its shape is that of the tolerant reference that the published
figures of other readers were measured beside.
"""

from collections.abc import Callable

_KEPT = (0x02, 0x03, 0x04, 0x09)
_TABLE = bytes(
    byte & 0x7F if 0x20 <= byte & 0x7F < 0x7F or byte & 0x7F in _KEPT else 0x0A
    for byte in range(256)
)
_SHORTEST = 5
_BUFFER = 512


class ReferenceParser:
    """Hands (label, stamp, data) of every group with a good checksum to a sink."""

    def __init__(
        self, *, standard: bool, sink: Callable[[tuple[str, str | None, str]], None]
    ) -> None:
        """Be told the mode: it is not found out."""
        self._standard = standard
        self._sink = sink
        self._rest = b""

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes."""
        pieces = (self._rest + chunk.translate(_TABLE)).split(b"\n")
        self._rest = pieces.pop()
        if len(self._rest) > _BUFFER:
            self._rest = b""
        cut = 1 if self._standard else 2
        for piece in pieces:
            group = piece.lstrip(b"\x02\x03\x04") if piece[:1] < b"\x05" else piece
            if len(group) < _SHORTEST:
                continue
            if (sum(group[:-cut]) & 0x3F) + 0x20 != group[-1]:
                continue
            text = group[:-2].decode("ascii")
            fields = text.split("\t") if self._standard else text.split(" ", 1)
            if len(fields) == 2:
                self._sink((fields[0], None, fields[1]))
            elif len(fields) == 3:
                self._sink((fields[0], fields[1], fields[2]))

"""What a decoder finds on a line."""

from enum import StrEnum
from typing import NamedTuple

from ..reading import TicMode


class Cause(StrEnum):
    """Why a piece of the line was not accepted as a group."""

    CHECKSUM = "checksum"
    DATA = "data"
    FRAMING = "framing"
    LABEL = "label"
    MODE = "mode"
    PARITY = "parity"
    TOO_LONG = "too_long"
    UNCONFIRMED = "unconfirmed"


class Group(NamedTuple):
    """A group that was verified."""

    mode: TicMode
    label: str
    data: str
    stamp: str | None = None
    known: bool = True
    """False for a label that no table knows: good for diagnostics only."""


class FrameEnd(NamedTuple):
    """A frame that ended after at least one group."""

    mode: TicMode
    complete: bool
    """It closed with ETX, was heard from its start with the meter's number, and no
    group of it failed."""


class Rejection(NamedTuple):
    """A piece of the line that is not a group."""

    cause: Cause
    raw: bytes


type Event = Group | FrameEnd | Rejection

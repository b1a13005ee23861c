"""TIC, the customer output of French electricity meters: bytes to readings."""

from .assembler import Assembler, MeterChanged
from .checksum import checksum, encode_frame, encode_group
from .decoder import Decoder
from .events import Cause, Event, FrameEnd, Group, Rejection
from .identity import MeterIdentity, identify
from .mask import Mask
from .payload import PayloadReader, Shape, is_label_topic, label_of, shape_of
from .plausibility import Mark
from .tariff import period_of_words

__all__ = [
    "Assembler",
    "Cause",
    "Decoder",
    "Event",
    "FrameEnd",
    "Group",
    "Mark",
    "Mask",
    "MeterChanged",
    "MeterIdentity",
    "PayloadReader",
    "Rejection",
    "Shape",
    "checksum",
    "encode_frame",
    "encode_group",
    "identify",
    "is_label_topic",
    "label_of",
    "period_of_words",
    "shape_of",
]

"""What the regulation decides on, and what it decides: data, with their units.

Powers are in W where they are active and in VA where the breaker sees them, energies
in Wh, temperatures in °C, times and durations in s; a moment is in s since 1970 (UTC).
Tuples by phase hold phase 1 first. What is not known is None.
"""

from .decided import (
    House,
    Order,
    Reason,
    Setting,
    Thermostat,
    Verdict,
)
from .home import (
    Disinfection,
    GridUse,
    Guarantee,
    Guard,
    Heating,
    Level,
    Load,
    Modulation,
    Quantity,
    Settings,
    Thermal,
    Unit,
    Window,
)
from .told import (
    Battery,
    EcowattSpan,
    Frequency,
    PeakKind,
    PeakSpan,
    Reading,
    Signals,
    Span,
    Status,
)
from .wish import (
    HeatingMode,
    HeatingWish,
    HouseMode,
    LoadMode,
    LoadWish,
    Wishes,
)

__all__ = [
    "Battery",
    "Disinfection",
    "EcowattSpan",
    "Frequency",
    "GridUse",
    "Guarantee",
    "Guard",
    "Heating",
    "HeatingMode",
    "HeatingWish",
    "House",
    "HouseMode",
    "Level",
    "Load",
    "LoadMode",
    "LoadWish",
    "Modulation",
    "Order",
    "PeakKind",
    "PeakSpan",
    "Quantity",
    "Reading",
    "Reason",
    "Setting",
    "Settings",
    "Signals",
    "Span",
    "Status",
    "Thermal",
    "Thermostat",
    "Unit",
    "Verdict",
    "Window",
    "Wishes",
]

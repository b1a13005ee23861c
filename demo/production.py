"""What France produces in the demo: made up, by hour, season and sky."""

from collections.abc import Mapping
import math
from types import MappingProxyType
from typing import Final

from .moment import Moment
from .sky import Sky

# g/kWh: of burning, and over the life cycle (orders of magnitude of the ADEME)
_CARBON_G: Final[Mapping[str, tuple[float, float]]] = MappingProxyType(
    {
        "nucleaire": (0, 6),
        "eolien": (0, 14),
        "solaire": (0, 44),
        "hydraulique": (0, 6),
        "gaz": (429, 490),
        "fioul": (777, 800),
        "charbon": (986, 1000),
        "bioenergies": (80, 120),
    }
)
_COLD_FROM_C: Final = 12.0
_GW_BY_K: Final = 2.4
"""France draws that much more for each degree less (RTE: 2.4 GW/K)."""


def mix_mw(moment: Moment, sky: Sky) -> dict[str, int]:
    """Return the production by source, in MW, with the names of éCO2mix."""
    cold = max(0.0, _COLD_FROM_C - sky.outdoor_c(moment))
    evening = math.exp(-(((moment.second / 3600 - 19) / 2.5) ** 2))
    day = math.sin(math.pi * min(1.0, max(0.0, (moment.second / 3600 - 5) / 18)))
    wanted = 38_000 + 9000 * day + 6000 * evening + 1000 * _GW_BY_K * cold
    mix = {
        "solaire": 14_000 * sky.sun(moment),
        "eolien": 6500.0,
        "bioenergies": 1000.0,
        "nucleaire": 36_000 + 700 * cold,
        "hydraulique": 5000 + 5000 * evening,
    }
    missing = max(500.0, wanted - sum(mix.values()))
    mix["gaz"] = min(9000.0, missing)
    mix["charbon"] = min(1500.0, max(0.0, missing - 9000))
    mix["fioul"] = min(800.0, max(50.0, missing - 10_500))
    return {name: round(power) for name, power in mix.items()}


def carbon_g(mix: Mapping[str, float], *, combustion: bool) -> int:
    """Return the g/kWh of a mix: of burning alone, or over the life cycle."""
    place = 0 if combustion else 1
    emitted = sum(power * _CARBON_G[name][place] for name, power in mix.items())
    return round(emitted / sum(mix.values()))

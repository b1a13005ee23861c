"""Where electricity comes from, and the carbon in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final


class Origin(StrEnum):
    """What electricity is made of."""

    NUCLEAR = "nuclear"
    WIND = "wind"
    SOLAR = "solar"
    HYDRO = "hydro"
    BIOMASS = "biomass"
    GEOTHERMAL = "geothermal"
    GAS = "gas"
    OIL = "oil"
    COAL = "coal"
    STORAGE = "storage"
    """Given back by pumped water or batteries."""
    UNKNOWN = "unknown"


RENEWABLE: Final = frozenset(
    {Origin.WIND, Origin.SOLAR, Origin.HYDRO, Origin.BIOMASS, Origin.GEOTHERMAL}
)
LOW_CARBON: Final = RENEWABLE | {Origin.NUCLEAR}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """The origin of the electricity of a zone at one time."""

    zone: str
    time: datetime
    powers: Mapping[Origin, float]
    """MW; what is not known is missing."""
    consumed: bool
    """Of what is consumed, imports traced to their origin; else of what is produced."""
    imports: Mapping[str, float]
    """MW by neighbour that come in; what goes out is negative."""
    exchange: float | None
    """Their sum, in MW."""
    estimated: bool = False
    given_renewable: float | None = None
    """% as the source has it."""
    given_low_carbon: float | None = None

    def share(self, *origins: Origin) -> float | None:
        """Return the share of some origins, in %; None when nothing is known."""
        total = sum(self.powers.values())
        known = [self.powers[origin] for origin in origins if origin in self.powers]
        return 100 * sum(known) / total if known and total > 0 else None

    @property
    def renewable(self) -> float | None:
        """Renewable share, in %."""
        if self.given_renewable is not None:
            return self.given_renewable
        return self.share(*RENEWABLE)

    @property
    def low_carbon(self) -> float | None:
        """Renewable and nuclear share, in %."""
        if self.given_low_carbon is not None:
            return self.given_low_carbon
        return self.share(*LOW_CARBON)


@dataclass(frozen=True, slots=True, kw_only=True)
class Carbon:
    """The carbon intensity of a zone's electricity at one time."""

    zone: str
    time: datetime
    intensity: float | None
    """gCO2eq/kWh; None where the source has no value for that time."""
    estimated: bool = False

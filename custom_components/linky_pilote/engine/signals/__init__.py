"""What the grid announces: a small client for each source, and what it means."""

from .agreement import (
    BINDING_HOUR,
    METER_LATE,
    Verdict,
    Word,
    decide,
    words_of_calendar,
    words_of_meter,
)
from .client import Client
from .eco2mix import ODRE_URL, Eco2mix, Eco2mixClient
from .ecowatt import Ecowatt, EcowattClient, EcowattDay, EcowattLevel, EcowattSpan
from .electricity_maps import (
    ELECTRICITY_MAPS_URL,
    CarbonHour,
    ElectricityMaps,
    ElectricityMapsClient,
    Zone,
    fetch_zones,
)
from .hours import Block, Stretch, read_blocks, stretches
from .keyless import COULEUR_TEMPO_URL, SERVICES_RTE_URL, KeylessTempoClient
from .mix import Carbon, Mix, Origin
from .paris import ONE_DAY, PARIS, at, paris, paris_day
from .prices import (
    DATA_GOUV_URL,
    PRICED_PERIODS,
    REGULATED,
    SUBSCRIBED_POWERS,
    Prices,
    PricesClient,
)
from .rte import RTE_URL, RtePortal, read_credentials
from .tempo import (
    RteTempoClient,
    Season,
    TempoCalendar,
    TempoSource,
    day_start,
    days_left,
    next_change,
    tempo_day,
    tempo_period,
)
from .trouble import SignalError, Trouble
from .web import Json

__all__ = [
    "BINDING_HOUR",
    "COULEUR_TEMPO_URL",
    "DATA_GOUV_URL",
    "ELECTRICITY_MAPS_URL",
    "METER_LATE",
    "ODRE_URL",
    "ONE_DAY",
    "PARIS",
    "PRICED_PERIODS",
    "REGULATED",
    "RTE_URL",
    "SERVICES_RTE_URL",
    "SUBSCRIBED_POWERS",
    "Block",
    "Carbon",
    "CarbonHour",
    "Client",
    "Eco2mix",
    "Eco2mixClient",
    "Ecowatt",
    "EcowattClient",
    "EcowattDay",
    "EcowattLevel",
    "EcowattSpan",
    "ElectricityMaps",
    "ElectricityMapsClient",
    "Json",
    "KeylessTempoClient",
    "Mix",
    "Origin",
    "Prices",
    "PricesClient",
    "RtePortal",
    "RteTempoClient",
    "Season",
    "SignalError",
    "Stretch",
    "TempoCalendar",
    "TempoSource",
    "Trouble",
    "Verdict",
    "Word",
    "Zone",
    "at",
    "day_start",
    "days_left",
    "decide",
    "fetch_zones",
    "next_change",
    "paris",
    "paris_day",
    "read_blocks",
    "read_credentials",
    "stretches",
    "tempo_day",
    "tempo_period",
    "words_of_calendar",
    "words_of_meter",
]

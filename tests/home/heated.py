"""A home with one heater behind a pilot wire, and what its thermostat shows."""

from types import SimpleNamespace
from typing import Any, Final

from custom_components.linky_pilote.engine.reading import TariffPeriod
from custom_components.linky_pilote.engine.regulation.model import EcowattSpan, Signals
from custom_components.linky_pilote.grid.board import DATA_GRID_BOARD

from ..meters import SERIAL_HC, STANDARD_TEMPO
from .homes import Home

THERMOSTAT: Final = "climate.linky_0123_heating"
ROOM_THERMOSTAT: Final = "climate.heater_thermostat"
HEATER: Final = "input_select.heater"
WATTS: Final = 2000
PRICES: Final = {
    TariffPeriod.WHITE_PEAK: 0.2,
    TariffPeriod.RED_PEAK: 0.7,
    TariffPeriod.BLUE_OFF_PEAK: 0.1,
}
"""EUR/kWh."""
ORDERS: Final = {"comfort": "Confort", "eco": "Eco", "frost": "Hors-gel"}


class HeatedHome:
    """Its heater draws while it is told comfort or eco, and its room is cold."""

    def __init__(self, home: Home) -> None:
        """Begin in the comfort of off-peak hours, without a load."""
        self.home = home
        self.hass = home.hass
        self.cold = True
        self.room = 18.0
        self.sun = 0
        self.key = ""
        self.thermostat = THERMOSTAT
        """Which one is asked and shown."""
        self._drawn, self._injected = 15_210_345.0, 4_321_098.0

    async def furnish(self, *, armed: bool = True, **load: Any) -> None:
        """Set the home up, with a heater that may be commanded, or is observed."""
        home = self.home
        await home.add_helpers(
            "input_select",
            heater={"options": list(ORDERS.values()), "initial": "Confort"},
        )
        home.after = self._live
        self._live()
        self.key = home.add_load(
            HEATER,
            "Heater",
            behaviour="heating",
            orders=ORDERS,
            power=float(WATTS),
            power_sensor="sensor.draws_heater",
            temperature_sensor="sensor.room",
            follow=1.0,
            **load,
        )
        await home.start()
        if armed:
            home.arm(self.key)
        await home.run(3)

    def _live(self) -> None:
        warms = self.home.state(HEATER) != ORDERS["frost"]
        drawn = WATTS if warms and self.cold else 0
        self.hass.states.async_set(
            "sensor.draws_heater", str(drawn), {"unit_of_measurement": "W"}
        )
        self.hass.states.async_set(
            "sensor.room", str(self.room), {"unit_of_measurement": "°C"}
        )

    def period(self, period: str) -> None:
        """Let the meter switch, by the name of a historical meter's period."""
        self.home.meter = self.home.meter.with_period(period)

    def ecowatt(self, level: int) -> None:
        """Let the grid announce an EcoWatt level for a long time."""
        self.announce(EcowattSpan(start=0.0, end=4e9, level=level))

    def announce(self, *spans: EcowattSpan) -> None:
        """Let the grid announce EcoWatt levels, and know prices."""
        board: Any = SimpleNamespace(signals=Signals(ecowatt=spans), prices=PRICES)
        self.hass.data[DATA_GRID_BOARD] = board

    async def ask(self, service: str, **data: Any) -> None:
        """Ask the thermostat for something."""
        await self.hass.services.async_call(
            "climate", service, {"entity_id": self.thermostat, **data}, blocking=True
        )

    def shown(self, name: str | None = None) -> Any:
        """Return the thermostat's state, or an attribute of it."""
        state = self.hass.states.get(self.thermostat)
        assert state is not None
        return state.state if name is None else state.attributes[name]

    def sunny_frame(self) -> bytes:
        """Return what a producer's meter says in a red peak."""
        net = self.home.power() - self.sun
        self._drawn += max(net, 0) / 3600
        self._injected += max(-net, 0) / 3600
        return _PRODUCER.frame(
            SINSTS=f"{max(net, 0):05d}",
            SINSTI=f"{max(-net, 0):05d}",
            EAST=f"{int(self._drawn):09d}",
            EAIT=f"{int(self._injected):09d}",
        )


_PRODUCER: Final = type(STANDARD_TEMPO)(
    mode=STANDARD_TEMPO.mode,
    groups={
        **STANDARD_TEMPO.groups,
        "ADSC": SERIAL_HC,
        "LTARF": "    HP  ROUGE   ",
        "SINSTI": "00000",
        "EAIT": "004321098",
    },
    stamps=STANDARD_TEMPO.stamps,
    speed=9600,
)

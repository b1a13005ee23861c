"""The house, its meter, the sky over it, and what can be done to all of them.

It knows nothing of Home Assistant: an integration shows it there, tests use it alone.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import partial
import json
from pathlib import Path
import shlex
from types import MappingProxyType
from typing import Final

from custom_components.linky_pilote.engine.reading import TempoColor
from custom_components.linky_pilote.engine.regulation.model import Level, Setting

from .chance import key as key_of, unit
from .meter import VirtualMeter
from .moment import Moment
from .orders import obey
from .plant import Car, Device, HomeBattery, Tank
from .plant.device import OFF, VOLT
from .plant.machine import ON
from .residence import AMPERES, residence
from .scenarios import Scenario, seconds
from .sky import Sky, SkyKind
from .tariff import TEMPO_DAY_HOUR
from .virtual_line import LineSetup, VirtualLine
from .weather import Weather

_DROPS: Final = key_of("dropped commands")
_SWITCH: Final = {"on": True, "off": False}

HELP: Final = """\
set APPLIANCE on|off|VALUE|LEVEL   A of the charger, % of a dimmer, an order of a heater
sky season|clear|cloudy|overcast|full_sun
cloud                  one cloud passes
color DATE blue|white|red
mains on|off           a power cut
strain on|off          the frequency of the grid is low
drop PERCENT           commands that get lost
lose APPLIANCE         it cannot be reached any more, and goes on as it was
find APPLIANCE [on|off]   it can be again, as a power loss of its own has left it
energy                 Wh by appliance, drawn and given, and of the meter"""


class World:
    """One house and all around it."""

    def __init__(
        self,
        setup: LineSetup,
        scenario: Scenario | None = None,
        *,
        write: Callable[[Path, str], object] | None = None,
    ) -> None:
        """`write` puts a text in a file, where it must not be done at once."""
        seed = setup.meter.seed
        self.scenario = plan = scenario
        self.sky = Sky(
            Weather(seed),
            kind=plan.sky if plan else SkyKind.SEASON,
            warmer_c=plan.warmer_c if plan else 0.0,
        )
        self.line = VirtualLine(setup, write=write)
        self.house = residence(seed=seed, phases=setup.meter.phases, sky=self.sky)
        self.line.inhabit(self.house)
        self.amperes = AMPERES.high
        """What the charger is set to, on or off."""
        self.dropped = 0.0
        """Share of the commands that get lost on their way, 0 to 1."""
        self.noted = "{}"
        """What `note_at` noted last."""
        self._sent = 0
        self._begun_wh = self._counted_wh()
        if plan is not None:
            chosen = self.meter.tariff.calendar.chosen
            for day, color in plan.colors.items():
                chosen[date.fromisoformat(day)] = color
            for at, text in plan.events:
                self.house.schedule(seconds(at), partial(self.obey, text))

    @property
    def meter(self) -> VirtualMeter:
        """The meter."""
        return self.line.meter

    @property
    def now(self) -> Moment:
        """The instant that the house has reached."""
        return Moment.at(self.meter.state.epoch_s)

    # --- appliances ---

    def command(self, device: Device, setting: Setting) -> None:
        """Send a command to an appliance; it may get lost."""
        self._sent += 1
        if unit(_DROPS, self._sent) >= self.dropped:
            device.command(setting)

    def charge(self, charger: Car, *, on: bool) -> None:
        """Let the car charge with the amperes that were set, or not at all."""
        value = self.amperes if on else 0.0
        self.command(charger, Setting(power=value * VOLT, value=value))

    # --- colours ---

    def choose_color(self, days: int, color: TempoColor | None) -> None:
        """Choose the colour of the Tempo day so many days after today's, or let go."""
        chosen = self.meter.tariff.calendar.chosen
        if color is None:
            chosen.pop(self._day(days), None)
        else:
            chosen[self._day(days)] = color

    def chosen_color(self, days: int) -> TempoColor | None:
        """Return the colour that was chosen for that day."""
        return self.meter.tariff.calendar.chosen.get(self._day(days))

    def _day(self, days: int) -> date:
        return self.now.day_starting_at(TEMPO_DAY_HOUR) + timedelta(days=days)

    # --- orders ---

    def obey(self, text: str) -> str:
        """Carry out one command; return the answer, which starts with ok or error."""
        words = shlex.split(text)
        act = _ORDERS.get(words[0]) if words else None
        if act is None:
            answer = obey(self.line, text)
            return f"{HELP}\n{answer}" if words == ["help"] else answer
        try:
            return act(self, *words[1:]) or "ok"
        except (KeyError, TypeError, ValueError) as error:
            return f"error: {error}"

    def set(self, name: str, value: str) -> None:
        """Set an appliance, as somebody who sends it a command does."""
        device = self.house.devices[name]
        if isinstance(device, Car):
            on = _SWITCH.get(value)
            if on is None:
                self.amperes = float(value)
            self.charge(device, on=on is not False)
        elif isinstance(device, HomeBattery):
            device.enabled = _SWITCH[value]
        elif value in _SWITCH:
            self.command(device, ON if _SWITCH[value] else OFF)
        elif isinstance(device, Tank):
            share = float(value) / 100
            self.command(device, Setting(power=share * device.rated, value=100 * share))
        else:
            level = Level(value)
            on = level is not Level.OFF
            self.command(device, Setting(power=0.0, value=float(on), level=level))

    def color(self, day: str, color: str) -> None:
        """Choose the colour of a date."""
        chosen = self.meter.tariff.calendar.chosen
        chosen[date.fromisoformat(day)] = TempoColor(color)

    def choose_sky(self, kind: str) -> None:
        """Choose what is above the house."""
        self.sky.kind = SkyKind(kind)

    def cloud(self) -> None:
        """Let one cloud pass."""
        self.sky.pass_cloud(self.now.epoch_s)

    def switch_mains(self, on: str) -> None:
        """Cut the power of the street, or bring it back."""
        self.meter.mains = _SWITCH[on]

    def strain(self, on: str) -> None:
        """Let the grid lack power, or be well."""
        self.house.strained = _SWITCH[on]

    def drop(self, percent: str) -> None:
        """Lose a share of the commands."""
        self.dropped = float(percent) / 100

    def lose(self, name: str) -> None:
        """Let an appliance not be reached any more; it goes on as it was."""
        self.house.devices[name].available = False

    def find(self, name: str, value: str | None = None) -> None:
        """Let it be reached again, as it is or as it has been left meanwhile."""
        self.house.devices[name].available = True
        if value is not None:
            self.set(name, value)

    def energy(self) -> str:
        """Return the Wh of all appliances and of the meter since the start, as JSON."""
        drawn, given = self._counted_wh()
        return json.dumps(
            {
                "time": self.meter.state.epoch_s,
                "drawn_wh": self.house.drawn_wh,
                "given_wh": self.house.given_wh,
                "meter_drawn_wh": drawn - self._begun_wh[0],
                "meter_injected_wh": given - self._begun_wh[1],
            }
        )

    def note_at(self, at_s: float) -> None:
        """Note all energies at an instant, for whoever asks later."""

        def note() -> None:
            self.noted = self.energy()

        self.house.schedule(at_s, note)

    def _counted_wh(self) -> tuple[float, float]:
        state = self.meter.state
        return sum(state.indexes_wh.values()), state.injected_wh


_ORDERS: Final[Mapping[str, Callable[..., str | None]]] = MappingProxyType(
    {
        "set": World.set,
        "color": World.color,
        "sky": World.choose_sky,
        "cloud": World.cloud,
        "mains": World.switch_mains,
        "strain": World.strain,
        "drop": World.drop,
        "lose": World.lose,
        "find": World.find,
        "energy": lambda world: f"ok {world.energy()}",
        "noted": lambda world: f"ok {world.noted}",
    }
)

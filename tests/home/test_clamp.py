"""A home whose only meter is a clamp: it sheds, and follows the sun."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant

from ..clamps import CLAMP, clamp_entry, say
from ..serial_line import Port, Time
from .homes import Home

LAMP = "input_boolean.lamp"
PUMP = "input_boolean.pump"


class ClampHome(Home):
    """A home that a clamp measures each second."""

    def __init__(
        self,
        hass: HomeAssistant,
        port: Port,
        time: Time,
        freezer: FrozenDateTimeFactory,
    ) -> None:
        """Begin without sun; loads draw what they are switched to."""
        super().__init__(hass, port, time, freezer, clamp_entry())
        self.sun = 0
        self.loads: dict[str, int] = {}

    def power(self) -> int:
        """Return the W at the clamp."""
        on = (w for load, w in self.loads.items() if self.state(load) == "on")
        return self.base + sum(on) - self.sun

    async def live(self, seconds: int) -> None:
        """Let seconds pass, while the clamp speaks."""
        for _ in range(seconds):
            self.freezer.tick(1)
            if not self.silent:
                say(self.hass, self.power())
            await self.time.settle()

    async def begin(self) -> None:
        """Set it up."""
        say(self.hass, self.power(), entity_id=CLAMP)
        await self.hass.config_entries.async_setup(self.entry.entry_id)
        await self.hass.async_block_till_done()


async def _clamp_home(
    hass: HomeAssistant, port: Port, time: Time, freezer: FrozenDateTimeFactory
) -> ClampHome:
    freezer.move_to("2026-06-16 12:00:00+02:00")
    home = ClampHome(hass, port, time, freezer)
    await home.add_helpers(
        "input_boolean", lamp={"initial": True}, pump={"initial": False}
    )
    return home


async def test_it_sheds_and_gives_back(
    hass: HomeAssistant, port: Port, time: Time, freezer: FrozenDateTimeFactory
) -> None:
    home = await _clamp_home(hass, port, time, freezer)
    home.loads = {LAMP: 2000}
    lamp = home.add_load(LAMP)
    await home.begin()
    home.arm(lamp)
    await home.live(60)
    assert home.state(LAMP) == "on"
    home.base = 6500
    await home.live(90)
    assert home.state(LAMP) == "off"
    home.base = 500
    await home.live(600)
    assert home.state(LAMP) == "on"


async def test_it_follows_the_sun(
    hass: HomeAssistant, port: Port, time: Time, freezer: FrozenDateTimeFactory
) -> None:
    home = await _clamp_home(hass, port, time, freezer)
    home.loads = {PUMP: 1000}
    pump = home.add_load(PUMP, behaviour="on_off", grid="never", power=1000.0)
    await home.begin()
    home.arm(pump)
    await home.live(300)
    assert home.state(PUMP) == "off"
    home.sun = 2500
    await home.live(600)
    assert home.state(PUMP) == "on"
    home.sun = 0
    await home.live(900)
    assert home.state(PUMP) == "off"


async def test_a_clamp_that_is_silent_gives_nothing_more(
    hass: HomeAssistant, port: Port, time: Time, freezer: FrozenDateTimeFactory
) -> None:
    home = await _clamp_home(hass, port, time, freezer)
    home.loads = {PUMP: 1000}
    pump = home.add_load(PUMP, behaviour="on_off", grid="never", power=1000.0)
    await home.begin()
    home.arm(pump)
    home.sun = 2500
    await home.live(400)
    assert home.state(PUMP) == "on"
    home.silent = True
    say(hass, "unavailable")
    await home.live(600)
    assert home.state(PUMP) == "off"

"""What is not armed is never written to, whatever happens."""

from functools import partial
from random import Random

from homeassistant.core import HomeAssistant
import pytest

from custom_components.linky_pilote.engine.regulation.model import HouseMode, LoadMode
from custom_components.linky_pilote.engine.regulation.wishes import set_house
from custom_components.linky_pilote.home.wishes import set_mode

from .homes import Home
from .test_shedding import two_heaters

PERIODS = ("HC..", "HP..", "HPJR", "HCJR", "HPJW")


async def live(home: Home, chance: Random, keys: tuple[str, ...]) -> None:
    """Let something happen to the home, and some time pass."""
    match chance.randrange(6):
        case 0:
            home.base = chance.randrange(12_000)
        case 1:
            home.silent = chance.random() < 0.3
        case 2:
            home.meter = home.meter.with_period(chance.choice(PERIODS))
        case 3:
            name = chance.choice(("first", "last"))
            home.hass.states.async_set(
                f"input_boolean.{name}", chance.choice(("on", "off", "unavailable"))
            )
        case 4:
            mode = chance.choice((LoadMode.FORCED, LoadMode.OFF, LoadMode.AUTOMATIC))
            set_mode(home.coordinator, chance.choice(keys), mode, float("inf"))
        case 5:
            await home.reload()
    await home.run(40, every=2)


@pytest.mark.parametrize("seed", range(2))
async def test_nothing_is_sent_to_what_is_not_armed(
    hass: HomeAssistant, home: Home, seed: int
) -> None:
    chance, keys = Random(seed), await two_heaters(home)  # noqa: S311
    await home.start()
    for _ in range(8):
        await live(home, chance, keys)
        mode = chance.choice(list(HouseMode))
        home.coordinator.wish(partial(set_house, mode, float("inf")))
    assert home.calls == []


@pytest.mark.parametrize("seed", range(2))
async def test_nothing_is_sent_in_a_house_that_is_observed(
    hass: HomeAssistant, home: Home, seed: int
) -> None:
    chance, keys = Random(seed), await two_heaters(home)  # noqa: S311
    await home.start()
    home.coordinator.wish(partial(set_house, HouseMode.OBSERVE, float("inf")))
    home.arm(*keys)
    for _ in range(8):
        await live(home, chance, keys)
    assert home.calls == []


@pytest.mark.parametrize("seed", range(2))
async def test_only_what_is_armed_is_sent_anything(
    hass: HomeAssistant, home: Home, seed: int
) -> None:
    chance, keys = Random(seed), await two_heaters(home)  # noqa: S311
    await home.start()
    home.arm(keys[0])
    for _ in range(8):
        await live(home, chance, keys)
    assert {entity for _, _, entity in home.calls} <= {"input_boolean.first"}

"""Assist: what a person says to the heating, in English and in French."""

from homeassistant.components.conversation import async_converse
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest

from .heated import THERMOSTAT, HeatedHome
from .homes import Home
from .test_thermostat import ECO, FROST, SHEDDING


@pytest.fixture
async def heated(
    hass: HomeAssistant, home: Home, entity_registry: er.EntityRegistry
) -> HeatedHome:
    """Return a home in white peak hours whose entities have short aliases."""
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "conversation", {})
    home.freezer.move_to("2026-12-15 10:00:00+01:00")
    heated = HeatedHome(home)
    heated.period("HPJW")
    await heated.furnish()
    await home.run(12)
    for entity_id, english, french in (
        (THERMOSTAT, "Heating", "Chauffage"),
        (SHEDDING, "Shedding", "Délestage"),
    ):
        entity_registry.async_update_entity(entity_id, aliases=[english, french])
        async_expose_entity(hass, "conversation", entity_id, True)
    return heated


async def _answer(hass: HomeAssistant, language: str, text: str) -> str:
    result = await async_converse(hass, text, None, Context(), language=language)
    await hass.async_block_till_done()
    return str(result.response.speech["plain"]["speech"])


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "set Heating to 16 degrees"),
        ("en", "set the temperature of Heating to 16"),
        ("fr", "règle Chauffage à 16 degrés"),
    ],
)
async def test_a_temperature_is_asked_for(
    hass: HomeAssistant, heated: HeatedHome, language: str, text: str
) -> None:
    await _answer(hass, language, text)
    assert heated.shown("preset_mode") == "eco"
    assert heated.shown("asked_temperature") == ECO
    assert heated.shown("temperature") == FROST, "it cancels nothing"


@pytest.mark.parametrize(
    ("language", "text", "answer"),
    [
        ("en", "what is the temperature of Heating", "18"),
        ("fr", "quelle est la température de Chauffage", "18"),
        ("en", "is Shedding on?", "Yes"),
    ],
)
async def test_a_question_is_answered(
    hass: HomeAssistant, heated: HeatedHome, language: str, text: str, answer: str
) -> None:
    assert answer in await _answer(hass, language, text)

"""Colours and sources in the user's language, as the entities have them."""

from collections.abc import Mapping

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations

from ..const import DOMAIN
from ..engine.reading import TempoColor
from ..engine.signals import TempoSource


@callback
def say(hass: HomeAssistant, path: str, key: str) -> str:
    """Return a text of the entities; the key where there is none."""
    language = hass.config.language
    texts = async_get_cached_translations(hass, language, "entity", DOMAIN)
    return texts.get(f"component.{DOMAIN}.entity.{path}.{key}", key)


@callback
def say_voices(hass: HomeAssistant, voices: Mapping[TempoSource, TempoColor]) -> str:
    """Return who says which colour."""
    sensor = "sensor.grid_tempo_today"
    return ", ".join(
        f"{say(hass, f'{sensor}.state_attributes.source.state', source)}: "
        f"{say(hass, f'{sensor}.state', color)}"
        for source, color in voices.items()
    )

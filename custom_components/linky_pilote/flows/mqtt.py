"""The form that asks for an MQTT topic."""

from collections.abc import Iterable
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
import voluptuous as vol

from ..const import CONF_TOPIC
from ..sources.base import Problem
from .topics import FoundMeter

_FIELDS: Final = {Problem.NOT_A_METER: CONF_TOPIC, Problem.SILENT_TOPIC: CONF_TOPIC}
"""The field that is most likely wrong; whatever else, the form as a whole."""


def topic_schema(found: Iterable[FoundMeter]) -> vol.Schema:
    """Return the form: a text, or a choice of what was found that takes a text too."""
    options = [
        SelectOptionDict(value=meter.topic, label=_label(meter)) for meter in found
    ]
    field: TextSelector | SelectSelector = TextSelector()
    if options:
        field = SelectSelector(
            SelectSelectorConfig(
                options=options, custom_value=True, mode=SelectSelectorMode.DROPDOWN
            )
        )
    return vol.Schema({vol.Optional(CONF_TOPIC): field})


def topic_errors(problem: Problem) -> dict[str, str]:
    """Return the error of the form for what went wrong."""
    return {_FIELDS.get(problem, "base"): problem}


def is_mqtt_there(hass: HomeAssistant) -> bool:
    """Tell whether MQTT is set up."""
    return bool(hass.config_entries.async_loaded_entries("mqtt"))


def is_topic(text: str) -> bool:
    """Tell whether MQTT takes a text for a topic or a pattern; it must be set up."""
    from homeassistant.components.mqtt import valid_subscribe_topic

    try:
        valid_subscribe_topic(text)
    except vol.Invalid:
        return False
    return True


def _label(meter: FoundMeter) -> str:
    """Name a topic by what helps to tell two of them apart."""
    said = []
    if (reading := meter.reading) is not None:
        if reading.serial is not None:
            said.append(f"…{reading.serial[-4:]}")
        if reading.apparent_power is not None:
            said.append(f"{reading.apparent_power} VA")
    return " · ".join([meter.topic, *said])

"""What was found on a line, in the user's words."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from ..const import DOMAIN
from ..engine.reading import Contract, MeterReading
from ..engine.tic import identify


async def async_describe(hass: HomeAssistant, reading: MeterReading) -> dict[str, str]:
    """Return the placeholders of the step that asks for the user's consent."""
    language = hass.config.language
    words = await async_get_translations(hass, language, "selector", {DOMAIN})
    identity = identify(reading.serial or "")
    meter = (identity.maker, identity.model, identity.year)
    line: list[str] = [
        reading.mode or "measured",
        "three_phase" if reading.phases > 1 else "single_phase",
    ]
    line.append("producer" if reading.producer else "consumer")
    contract: list[str] = [reading.contract or Contract.OTHER]
    if reading.contract is Contract.TEMPO:
        today, tomorrow = reading.color_today, reading.color_tomorrow
        contract.append(f"today_{today or 'unknown'}")
        contract.append(f"tomorrow_{tomorrow or 'unknown'}")

    def say(*keys: str) -> str:
        prefix = f"component.{DOMAIN}.selector.found.options."
        return ", ".join(words[prefix + key] for key in keys)

    power = reading.subscribed_power
    return {
        "meter": ", ".join(str(part) for part in meter if part) or say("unknown_meter"),
        "number": reading.serial or say("unknown_number"),
        "line": say(*line),
        "contract": say(*contract),
        "power": f"{power / 1000:g} kVA" if power else say("unknown_power"),
    }

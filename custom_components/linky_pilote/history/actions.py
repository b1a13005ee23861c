"""Actions about the past; they answer, and change nothing."""

from homeassistant.core import HomeAssistant, SupportsResponse, callback

from ..const import DOMAIN
from .contracts import COMPARE_SCHEMA, async_compare
from .subscription import ADVISE_SCHEMA, advise_subscription


@callback
def async_register_history_actions(hass: HomeAssistant) -> None:
    """Register them, whether or not there is an entry by now."""
    hass.services.async_register(
        DOMAIN,
        "compare_contracts",
        async_compare,
        COMPARE_SCHEMA,
        SupportsResponse.ONLY,
    )
    hass.services.async_register(
        DOMAIN,
        "advise_subscription",
        advise_subscription,
        ADVISE_SCHEMA,
        SupportsResponse.ONLY,
    )

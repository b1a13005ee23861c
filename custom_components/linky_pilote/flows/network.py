"""The form that asks for a bridge on the network."""

from typing import Any, Final

from homeassistant.const import CONF_HOST, CONF_PORT, CONF_PROTOCOL
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
import voluptuous as vol

from ..sources.base import Problem
from ..sources.bridge import Bridge, Protocol

NETWORK_SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_HOST): TextSelector(),
        vol.Required(CONF_PORT): vol.All(
            NumberSelector(
                NumberSelectorConfig(min=1, max=65535, mode=NumberSelectorMode.BOX)
            ),
            vol.Coerce(int),
        ),
        vol.Required(CONF_PROTOCOL, default=Protocol.RAW.value): SelectSelector(
            SelectSelectorConfig(
                options=[protocol.value for protocol in Protocol],
                translation_key="bridge_protocol",
                mode=SelectSelectorMode.LIST,
            )
        ),
    }
)

_FIELDS: Final = {
    Problem.CONNECTION_LOST: CONF_PORT,
    Problem.CONNECTION_REFUSED: CONF_PORT,
    Problem.HOST_NOT_FOUND: CONF_HOST,
    Problem.HOST_UNREACHABLE: CONF_HOST,
    Problem.OTHER_SERVICE: CONF_PORT,
}
"""The field that is most likely wrong; whatever else, the form as a whole."""

_MESSAGES: Final = {
    Problem.CANNOT_OPEN: "bridge_failed",
    Problem.CONNECTION_LOST: "bridge_closed",
    Problem.NOISE_ONLY: "bridge_noise",
    Problem.SILENT_LINE: "bridge_silent",
}
"""Where a bridge has other causes than an adapter."""

_NOT_SPOKEN: Final = (Problem.CANNOT_OPEN, Problem.HOST_UNREACHABLE)
"""What serialx makes of a peer that does not take orders for the line."""


def network_fields(bridge: Bridge | None) -> dict[str, Any]:
    """Return what the form shows for a bridge."""
    if bridge is None:
        return {}
    return {
        CONF_HOST: bridge.host,
        CONF_PORT: bridge.port,
        CONF_PROTOCOL: bridge.protocol.value,
    }


def bridge_from(fields: dict[str, Any]) -> Bridge:
    """Return the bridge that was filled in; `ValueError` for a host that is none."""
    protocol = Protocol(fields[CONF_PROTOCOL])
    return Bridge.at(protocol, fields[CONF_HOST], fields[CONF_PORT])


def network_errors(problem: Problem, bridge: Bridge) -> dict[str, str]:
    """Return the error of the form for what went wrong with a bridge."""
    if bridge.protocol is Protocol.RFC2217 and problem in _NOT_SPOKEN:
        return {CONF_PROTOCOL: "no_rfc2217"}
    return {_FIELDS.get(problem, "base"): _MESSAGES.get(problem, problem)}

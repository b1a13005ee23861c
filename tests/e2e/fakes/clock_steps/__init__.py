"""Moves Home Assistant's clock on when told to, and waits for what that brings about.

The clock is libfaketime's, which goes on from an instant that is put into the
environment. It is told by a socket: an instant in (null: the present one), some states
and why they are unknown out, one line of JSON each.
"""

import asyncio
from functools import partial
import json
import os

from homeassistant.core import HomeAssistant
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

DOMAIN = "clock_steps"

CONFIG_SCHEMA = vol.Schema(
    {
        DOMAIN: vol.Schema(
            {vol.Required("socket"): str, vol.Required("entities"): [str]}
        )
    },
    extra=vol.ALLOW_EXTRA,
)

_TURN_S = 0.001
_TURNS = 3
"""Turns of the loop in which a timer that is due sets off its work."""


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Open the socket."""
    options = config[DOMAIN]
    await asyncio.start_unix_server(
        partial(_serve, hass, options["entities"]), options["socket"]
    )
    return True


async def _serve(
    hass: HomeAssistant,
    entities: list[str],
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
) -> None:
    while line := await reader.readline():
        # what was asked before is answered before: a time-out would be over at once
        await _settle()
        if (instant := json.loads(line)) is not None:
            os.environ["FAKETIME"] = f"@{instant:.3f} x1"
            await _settle(_TURNS)
        shown = {}
        for entity in entities:
            state = hass.states.get(entity)
            shown[entity] = state and [state.state, state.attributes.get("why")]
        writer.write(json.dumps(shown).encode() + b"\n")
        await writer.drain()
    writer.close()


async def _settle(turns: int = 0) -> None:
    """Wait until the grid's sources have answered, and for some turns at least."""
    while turns or any(
        task.get_name().endswith(" asks") for task in asyncio.all_tasks()
    ):
        await asyncio.sleep(_TURN_S)
        turns = max(turns - 1, 0)

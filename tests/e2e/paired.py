"""A phone that is paired with Home Assistant's bridge, and what it is to see."""

from contextlib import suppress
from typing import Any, Final

from aiohomekit.exceptions import AuthenticationError

from .instance import Instance, until
from .phone import Look, Phone, Shown

_SEEN_S: Final = 20.0
_TRIES: Final = 3
"""The bridge leaves out leading zeros of its keys, the client does not: a pairing in
some eighty is refused, and has to be tried again."""


def bridge(port: int) -> dict[str, Any]:
    """Return the configuration of a bridge that a phone finds without mDNS."""
    return {
        "name": "Bridge",
        "port": port,
        "ip_address": "127.0.0.1",
        "advertise_ip": "127.0.0.1",
        "filter": {
            "include_entity_globs": [
                "climate.linky_*",
                "button.linky_*_shedding",
                "binary_sensor.linky_*_shedding_active",
            ]
        },
    }


async def paired(home: Instance, port: int) -> Phone:
    """Return a phone that knows the bridge, which has taken the thermostat in."""
    for _ in range(_TRIES - 1):
        with suppress(AuthenticationError):
            return await _pair(home, port)
    return await _pair(home, port)


async def _pair(home: Instance, port: int) -> Phone:
    phone = Phone(port)
    await phone.pair(await _fresh_code(home))
    return phone


async def _fresh_code(home: Instance) -> str:
    """Let the bridge start again; return the code that it then asks for."""
    (bridge,) = await home.user.get("/api/config/config_entries/entry?domain=homekit")
    path = f"/api/config/config_entries/entry/{bridge['entry_id']}/reload"

    async def codes() -> list[str]:
        return home.log.matching(r"Pincode:")

    before = len(await codes())
    await home.user.post(path, {})
    found = await until(codes, _SEEN_S, "a code", lambda lines: len(lines) > before)
    return found[-1].rpartition("Pincode:")[2].strip()


async def sees(app: Look, expected: tuple[int, int, float]) -> Shown:
    """Wait until the app shows mode, state and target."""
    return await until(
        app.thermostat,
        _SEEN_S,
        f"the phone sees {expected}",
        lambda shown: (shown.mode, shown.state, shown.target) == expected,
    )

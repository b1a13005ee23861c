"""The dashboard: modules that Home Assistant's pages load."""

from hashlib import sha256
from pathlib import Path
from typing import Final

from homeassistant.components.frontend import (
    DATA_EXTRA_MODULE_URL,
    add_extra_js_url,
    remove_extra_js_url,
)
from homeassistant.components.http import StaticPathConfig  # type: ignore[attr-defined]
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN

_MODULES: Final = Path(__file__).parent / "modules"
_SERVED: Final[HassKey[str]] = HassKey(f"{DOMAIN}_frontend")
"""The address of the first module, once the folder is served."""


async def async_register_frontend(hass: HomeAssistant) -> None:
    """Let the pages load the dashboard; nothing happens when they already do.

    The folder's address names its content: browsers keep the modules for long, and
    fetch them anew after an update, those that the first one imports included.
    """
    if DATA_EXTRA_MODULE_URL not in hass.data:
        return
    if (url := hass.data.get(_SERVED)) is None:
        path = f"/{DOMAIN}/{await hass.async_add_executor_job(_fingerprint)}"
        url = hass.data[_SERVED] = f"{path}/linky-pilote.js"
        await hass.http.async_register_static_paths(
            [StaticPathConfig(path, str(_MODULES), cache_headers=True)]
        )
    if url not in hass.data[DATA_EXTRA_MODULE_URL].urls:
        add_extra_js_url(hass, url)


@callback
def async_unregister_frontend(hass: HomeAssistant) -> None:
    """Let the pages forget the dashboard when nothing is left to show on it."""
    url = hass.data.get(_SERVED)
    if url is None or hass.config_entries.async_entries(DOMAIN):
        return
    if url in hass.data[DATA_EXTRA_MODULE_URL].urls:
        remove_extra_js_url(hass, url)


def _fingerprint() -> str:
    """Return a name for what the modules contain."""
    digest = sha256()
    for module in sorted(_MODULES.glob("*.js")):
        digest.update(module.name.encode())
        digest.update(module.read_bytes())
    return digest.hexdigest()[:12]

"""The dashboard's modules reach Home Assistant's pages, and leave them."""

from http import HTTPStatus
import re
from typing import Any

from homeassistant.components.frontend import DATA_EXTRA_MODULE_URL
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.linky_pilote.frontend import (
    async_register_frontend,
    async_unregister_frontend,
)
from tests.conftest import make_entry

IMPORT = re.compile(r'from "\./([\w.-]+)"')


def module_urls(hass: HomeAssistant) -> list[str]:
    """Return the addresses of our modules that the pages load."""
    urls = hass.data[DATA_EXTRA_MODULE_URL].urls
    return [url for url in urls if url.startswith("/linky_pilote/")]


@pytest.fixture
async def pages(hass: HomeAssistant, hass_storage: dict[str, Any]) -> None:
    """Let Home Assistant have pages, for a home whose owner is known."""
    hass_storage["onboarding"] = {
        "version": 4,
        "data": {"done": ["user", "core_config", "analytics", "integration"]},
    }
    assert await async_setup_component(hass, "frontend", {})


@pytest.mark.usefixtures("pages")
async def test_modules_are_served(
    hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator
) -> None:
    await async_register_frontend(hass)
    (url,) = module_urls(hass)
    client = await hass_client_no_auth()
    assert f'import("{url}")' in await (await client.get("/")).text()

    folder, _, entry = url.rpartition("/")
    waiting, seen = {entry}, set[str]()
    while waiting:
        seen.add(name := waiting.pop())
        response = await client.get(f"{folder}/{name}")
        assert response.status == HTTPStatus.OK
        assert response.content_type in ("text/javascript", "application/javascript")
        assert "max-age" in response.headers["Cache-Control"]
        waiting |= set(IMPORT.findall(await response.text())) - seen
    modules = (
        "cards",
        "dom",
        "find",
        "grid",
        "linky-pilote",
        "live_card",
        "live_model",
        "loads",
        "meter",
        "season_card",
        "strategy",
        "words",
    )
    assert seen == {f"{name}.js" for name in modules}

    for elsewhere in ("__init__.py", "../__init__.py", "%2e%2e/__init__.py"):
        response = await client.get(f"{folder}/{elsewhere}")
        assert response.status == HTTPStatus.NOT_FOUND


@pytest.mark.usefixtures("pages")
async def test_added_once_removed_with_the_last_meter_and_added_again(
    hass: HomeAssistant,
) -> None:
    async_unregister_frontend(hass)
    await async_register_frontend(hass)
    await async_register_frontend(hass)
    urls = module_urls(hass)
    assert len(urls) == 1

    entry = make_entry()
    entry.add_to_hass(hass)
    async_unregister_frontend(hass)
    assert module_urls(hass) == urls

    await hass.config_entries.async_remove(entry.entry_id)
    async_unregister_frontend(hass)
    assert not module_urls(hass)
    await async_register_frontend(hass)
    assert module_urls(hass) == urls


async def test_without_pages(hass: HomeAssistant) -> None:
    await async_register_frontend(hass)
    async_unregister_frontend(hass)
    assert DATA_EXTRA_MODULE_URL not in hass.data

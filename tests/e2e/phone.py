"""An iPhone's part: a real HomeKit client, paired with Home Assistant's own bridge."""

from collections.abc import AsyncIterator, Mapping
import contextlib
from typing import Any, Final, NamedTuple

from aiohomekit.characteristic_cache import CharacteristicCacheMemory
from aiohomekit.controller.ip.controller import IpController
from aiohomekit.controller.ip.discovery import IpDiscovery
from aiohomekit.controller.ip.pairing import IpPairing
from aiohomekit.model import Categories
from aiohomekit.model.characteristics import CharacteristicsTypes
from aiohomekit.model.feature_flags import FeatureFlags
from aiohomekit.model.services import ServicesTypes
from aiohomekit.model.status_flags import StatusFlags
from aiohomekit.zeroconf import HomeKitService

AUTO: Final = 3
HEAT: Final = 1
IDLE: Final = 0
HEATING: Final = 1
"""Target modes and current states of a thermostat, by HomeKit's numbers."""

_HOST: Final = "127.0.0.1"
_ALIAS: Final = "phone"


class Shown(NamedTuple):
    """What the Home app shows of a thermostat."""

    mode: int
    state: int
    target: float
    current: float


class Phone:
    """Pairs with a bridge at a known port, and opens a connection for each look."""

    def __init__(self, port: int) -> None:
        """Begin without a pairing."""
        self._port = port
        # without mDNS: only what a pairing touches
        self._controller = IpController.__new__(IpController)
        self._controller.discoveries = {}
        self._controller.pairings = {}
        self._controller.aliases = {}
        self._controller._char_cache = CharacteristicCacheMemory()
        self._data: Mapping[str, Any] = {}

    async def pair(self, code: str) -> None:
        """Pair, by the code that the bridge shows."""
        discovery = IpDiscovery(
            self._controller,
            HomeKitService(
                name=_ALIAS,
                id="00:00:00:00:00:00",
                model="",
                feature_flags=FeatureFlags(0),
                status_flags=StatusFlags(1),
                config_num=1,
                state_num=1,
                category=Categories(2),
                protocol_version="1.1",
                type="_hap._tcp.local.",
                address=_HOST,
                addresses=[_HOST],
                port=self._port,
            ),
        )
        finish = await discovery.async_start_pairing(_ALIAS)
        pairing = await finish(code)
        self._data = pairing.pairing_data
        await pairing.close()

    @contextlib.asynccontextmanager
    async def look(self) -> AsyncIterator[Look]:
        """Open the app."""
        pairing = IpPairing(self._controller, dict(self._data))
        try:
            yield Look(pairing, await pairing.list_accessories_and_characteristics())
        finally:
            await pairing.close()


class Look:
    """The accessories of a bridge, while the app is open."""

    def __init__(self, pairing: IpPairing, accessories: list[dict[str, Any]]) -> None:
        """Take what the bridge says that it has."""
        self._pairing = pairing
        self._accessories = accessories

    def of(self, service: str, kind: str) -> list[dict[str, Any]]:
        """Return the characteristics of a kind, with `aid`, of all such services."""
        return [
            {"aid": accessory["aid"], **characteristic}
            for accessory in self._accessories
            for found in accessory["services"]
            if found["type"] == service
            for characteristic in found["characteristics"]
            if characteristic["type"] == kind
        ]

    def _thermostat(self, kind: str) -> tuple[int, int]:
        (found,) = self.of(ServicesTypes.THERMOSTAT, kind)
        return found["aid"], found["iid"]

    async def thermostat(self) -> Shown:
        """Return what is shown of the only thermostat, asked anew."""
        keys = [
            self._thermostat(kind)
            for kind in (
                CharacteristicsTypes.HEATING_COOLING_TARGET,
                CharacteristicsTypes.HEATING_COOLING_CURRENT,
                CharacteristicsTypes.TEMPERATURE_TARGET,
                CharacteristicsTypes.TEMPERATURE_CURRENT,
            )
        ]
        values = await self._pairing.get_characteristics(keys)
        return Shown(*(values[key]["value"] for key in keys))

    def modes(self) -> list[int]:
        """Return the modes that can be chosen."""
        (found,) = self.of(
            ServicesTypes.THERMOSTAT, CharacteristicsTypes.HEATING_COOLING_TARGET
        )
        modes: list[int] = found["valid-values"]
        return modes

    async def set_mode(self, mode: int) -> None:
        """Choose a mode."""
        key = self._thermostat(CharacteristicsTypes.HEATING_COOLING_TARGET)
        await self._pairing.put_characteristics([(*key, mode)])

    async def sensors(self) -> list[bool]:
        """Return what the sensors of presence show, which stand for all others."""
        keys = [
            (found["aid"], found["iid"])
            for found in self.of(
                ServicesTypes.OCCUPANCY_SENSOR, CharacteristicsTypes.OCCUPANCY_DETECTED
            )
        ]
        values = await self._pairing.get_characteristics(keys)
        return [bool(values[key]["value"]) for key in keys]

    async def press(self) -> None:
        """Press the only button."""
        (found,) = self.of(ServicesTypes.SWITCH, CharacteristicsTypes.ON)
        await self._pairing.put_characteristics([(found["aid"], found["iid"], True)])

    async def set_target(self, target: float) -> None:
        """Choose a temperature."""
        key = self._thermostat(CharacteristicsTypes.TEMPERATURE_TARGET)
        await self._pairing.put_characteristics([(*key, target)])

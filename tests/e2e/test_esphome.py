"""A meter behind ESPHome's serial proxy, as Home Assistant's port selector offers it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
import time

import pytest
import pytest_asyncio

from custom_components.linky_pilote.engine.reading import Contract, TicMode
from demo.setup import MeterSetup

from .bench import Bench, BenchMeter
from .esphome_host import EXAMPLES, HostProgram, compile_program
from .flows import Flow, add_meter
from .instance import DOMAIN, Instance, until
from .watch import UNAVAILABLE

_LOST_S = 3.0
_SILENT_S = 13.0
_BACK_S = 90.0
"""ESPHome's integration and ours wait longer and longer between attempts."""
_MODE_S = 20.0


@dataclass(slots=True, kw_only=True)
class Bridged:
    """A meter, the bridge it is on, and what Home Assistant makes of it."""

    home: Instance
    meter: BenchMeter
    bridge: HostProgram
    power: str
    """Entity."""

    def available(self) -> bool:
        """Tell whether the power is known."""
        return self.home.watch.state(self.power) not in (None, UNAVAILABLE)

    def unavailable(self) -> bool:
        """Tell whether it is not."""
        return self.home.watch.state(self.power) == UNAVAILABLE

    async def lost_and_found(self, mark: int) -> list[str]:
        """Wait for the meter to be back; return what our log said meanwhile."""
        await self.home.expect(self.available, _BACK_S, "values again")
        # the log is written by a thread of its own
        await self.home.log.wait_for("heard again", mark, 5)
        lines = self.home.log.matching(rf"\[custom_components\.{DOMAIN}", mark)
        self.home.log.allow(lines)
        assert len(lines) == 2, lines
        return lines


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def bridged(
    home: Instance, bench: Bench, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Bridged]:
    """Add a bridge, then the meter by the port that the selector offers."""
    folder = tmp_path_factory.mktemp("bridge")
    program = await asyncio.to_thread(
        compile_program, EXAMPLES / "bridge-serial-proxy.yaml"
    )
    setup = MeterSetup(seed=16, contract=Contract.BASE, serial="022161000777")
    meter = bench.meter("bridged", setup, mode=TicMode.STANDARD, at="2026-12-10T19:30")
    bridge = HostProgram(program, folder, tic=meter.port)
    await bridge.start()
    try:
        async with Flow(home, "esphome") as flow:
            await flow.submit(host="127.0.0.1", port=bridge.api_port)
            assert flow.step["type"] == "create_entry", flow.step
            esphome_id = flow.step["result"]["entry_id"]
        entry_id = await add_meter(home, await offered_port(home))
        power = await power_of(home, entry_id)
        yield Bridged(home=home, meter=meter, bridge=bridge, power=power)
        await remove(home, entry_id)
        await remove(home, esphome_id)
    finally:
        await bridge.stop()


async def remove(home: Instance, entry_id: str) -> None:
    """Remove an entry: nothing is to be missed when its bridge is gone."""
    await home.user.delete(f"/api/config/config_entries/entry/{entry_id}")


async def power_of(home: Instance, entry_id: str) -> str:
    """Return the entity of a meter's power."""
    (power,) = (
        str(entity["entity_id"])
        for entity in await home.user.entities(entry_id)
        if entity["translation_key"] == "apparent_power"
    )
    return power


async def offered_port(home: Instance) -> str:
    """Return the port of the bridge, as the selector gets it."""

    async def ports() -> list[str]:
        return [
            port["device"]
            for port in await home.user.ask("usb/list_serial_ports")
            if port["device"].startswith("esphome-hass://")
        ]

    (port,) = await until(ports, 20, "the bridge among the serial ports")
    assert port.endswith("?port_name=TIC")
    return port


async def test_speed_is_set_on_the_bridge(bridged: Bridged) -> None:
    await bridged.home.expect(bridged.available, 10, "values")
    for mode, speed in ((TicMode.HISTORICAL, 1200), (TicMode.STANDARD, 9600)):
        mark, bridge_mark = bridged.home.log.mark(), bridged.bridge.mark()
        bridged.meter.order(f"mode {mode}")
        await bridged.bridge.wait_for(rf"baud={speed}", bridge_mark, _MODE_S)
        lines = await bridged.home.log.wait_for(f"in {mode} mode now", mark, _MODE_S)
        assert len(lines) == 1
        since = time.monotonic()
        await bridged.home.expect(
            lambda since=since: (
                bool(  # type: ignore[misc]
                    bridged.home.watch.since(since, (bridged.power,))
                )
                and bridged.available()
            ),
            _MODE_S,
            f"values in {mode} mode",
        )
        bridged.home.log.allow(
            bridged.home.log.matching(rf"\[custom_components\.{DOMAIN}", mark)
        )


@pytest.mark.parametrize("how", ["kill", "stop"])
async def test_bridge_restarts(bridged: Bridged, how: str) -> None:
    mark = bridged.home.log.mark()
    await getattr(bridged.bridge, how)()
    await bridged.home.expect(bridged.unavailable, _LOST_S, "unavailable entities")
    await bridged.bridge.start()
    down, up = await bridged.lost_and_found(mark)
    assert "not heard any more (connection_lost" in down
    assert "heard again" in up


async def test_bridge_hangs(bridged: Bridged) -> None:
    """The connection stays open and nothing comes: our own watchdog notices."""
    mark = bridged.home.log.mark()
    bridged.bridge.freeze()
    try:
        await bridged.home.expect(bridged.unavailable, _SILENT_S, "unavailable")
    finally:
        bridged.bridge.thaw()
    down, up = await bridged.lost_and_found(mark)
    assert "not heard any more (silent_line)" in down
    assert "heard again" in up


async def test_home_assistant_restarts(bridged: Bridged) -> None:
    """Ours may come before ESPHome's integration: it tries again by itself."""
    await bridged.home.restart()
    await bridged.home.expect(bridged.available, 60, "values after the restart")


async def test_tcp_bridge_restarts(
    home: Instance, bench: Bench, tmp_path: Path
) -> None:
    program = await asyncio.to_thread(compile_program, EXAMPLES / "bridge-tcp.yaml")
    setup = MeterSetup(seed=17, contract=Contract.BASE, serial="022161000888")
    meter = bench.meter("tcp", setup, mode=TicMode.HISTORICAL, at="2026-12-10T19:30")
    bridge = HostProgram(program, tmp_path, tic=meter.port)
    await bridge.start()
    try:
        entry_id = await add_meter(home, f"socket://127.0.0.1:{bridge.tcp_port}")
        power = await power_of(home, entry_id)
        bridged = Bridged(home=home, meter=meter, bridge=bridge, power=power)
        await home.expect(bridged.available, 10, "values")
        mark = home.log.mark()
        await bridge.kill()
        await home.expect(bridged.unavailable, _LOST_S, "unavailable entities")
        await bridge.start()
        down, up = await bridged.lost_and_found(mark)
        assert "not heard any more (connection_lost" in down
        assert "heard again" in up
        await remove(home, entry_id)
    finally:
        await bridge.stop()

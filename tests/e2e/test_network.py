"""A meter behind a real bridge: killed, frozen, switched, moved to it and back."""

import asyncio
from collections.abc import AsyncIterator
import contextlib
from pathlib import Path
import time
from typing import Any

import pytest
import pytest_asyncio

from custom_components.linky_pilote.engine.reading import Contract, TicMode
from demo.setup import MeterSetup

from .bench import Bench
from .bridges import KINDS, Bridge, Rfc2217, Ser2net, bridged
from .flows import Flow
from .instance import Instance, free_port, until
from .line import OUR_LINES, Line

_LOST_S = 3.0
"""Until the end of a connection is seen."""
_GONE_S = {TicMode.STANDARD: 15.0, TicMode.HISTORICAL: 30.0}
"""Until a connection counts as lost that has not ended: the promise."""
_SERIALS = {Ser2net: "022161000811", Rfc2217: "022161000812"}
_MOVED = "022161000813"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder for the bridges."""
    return tmp_path_factory.mktemp("bridges")


class Bridged(Line):
    """A meter, its bridge, and what Home Assistant makes of it."""

    bridge: Bridge


@pytest_asyncio.fixture(
    scope="module", loop_scope="session", params=KINDS, ids=lambda kind: kind.protocol
)
async def line(
    request: pytest.FixtureRequest, home: Instance, bench: Bench, folder: Path
) -> AsyncIterator[Bridged]:
    """Add a meter by its bridge, as a person does."""
    kind: type[Bridge] = request.param
    setup = MeterSetup(seed=31, contract=Contract.BASE, serial=_SERIALS[kind])
    meter = bench.meter(
        f"behind-{kind.protocol}", setup, mode=TicMode.STANDARD, at="2026-12-10T19:30"
    )
    with bridged(kind, meter.port, folder) as bridge:
        line = Bridged(home, meter, await _add(home, bridge))
        line.bridge = bridge
        await line.refresh()
        await line.expect(line.available, 10, "the meter's values")
        yield line
        # a bridge that ends is news only while its meter is read
        await home.user.delete(f"/api/config/config_entries/entry/{line.entry_id}")
        assert not await _listened(line), "the connection was left open"


async def _add(home: Instance, bridge: Bridge) -> str:
    async with Flow(home) as flow:
        await flow.choose_bridge(bridge.host, bridge.port, bridge.protocol)
        assert flow.step.get("step_id") == "confirm", flow.step
        assert f"127.0.0.1:{bridge.port}" in await flow.progress_text("fr")
        await flow.submit()
        entry: dict[str, Any] = flow.step["result"]
    return str(entry["entry_id"])


async def _listened(line: Line) -> bool:
    """Tell whether the device is still open after some seconds."""
    for _ in range(30):
        if not line.meter.listened():
            return False
        await asyncio.sleep(0.1)
    return True


async def test_values_follow(line: Bridged) -> None:
    await line.expect(line.follows, 10, "values that follow the meter")
    if isinstance(line.bridge, Rfc2217):
        assert {"speed 9600", "size 7", "parity 3", "stop 1"} <= {*line.bridge.told()}


async def test_killed_and_started_again(line: Bridged) -> None:
    async with line.interrupted("connection_lost"):
        line.bridge.kill()
        await line.expect(line.unavailable, _LOST_S, "unavailable entities")
        await line.stays_lost()
        line.bridge.start()


async def test_started_again_at_once(line: Bridged) -> None:
    async with line.interrupted("connection_lost"):
        line.bridge.kill()
        line.bridge.start()
        await line.expect(line.unavailable, _LOST_S, "unavailable entities")


async def test_frozen(line: Bridged) -> None:
    """Half open: the other end says nothing and does not end."""
    await _freeze(line, TicMode.STANDARD)


async def test_mode_switched(line: Bridged) -> None:
    """RFC 2217 takes the bridge along; raw TCP needs a hand at the bridge."""
    if isinstance(line.bridge, Ser2net):
        async with line.interrupted("noise_only"):
            line.meter.order("mode historical")
            await line.expect(line.unavailable, 15, "unavailable entities")
            line.meter.order("mode standard")
        return
    started, mark = time.monotonic(), line.home.log.mark()
    line.meter.order("mode historical")

    def shown() -> bool:
        changes = line.home.watch.since(started + 2, (line.entities["index_total"],))
        return bool(changes) and line.follows()

    await line.expect(shown, 30, "values in historical mode")
    line.check_index(started)
    assert line.bridge.told()[-4:] == ["speed 1200", "size 7", "parity 3", "stop 1"]
    line.home.log.allow(line.home.log.matching(OUR_LINES, mark))
    await _freeze(line, TicMode.HISTORICAL)


async def _freeze(line: Bridged, mode: TicMode) -> None:
    async with line.interrupted("silent_line"):
        line.bridge.freeze()
        try:
            await line.expect(line.unavailable, _GONE_S[mode], "unavailable entities")
            await line.stays_lost()
        finally:
            line.bridge.thaw()


async def test_restart_while_the_bridge_is_gone(line: Bridged) -> None:
    """The entry is tried again until the bridge is there."""
    line.bridge.kill()
    await line.expect(line.unavailable, _LOST_S, "unavailable entities")
    mark = line.home.log.mark()
    path = f"/api/config/config_entries/entry/{line.entry_id}"
    await line.home.user.post(f"{path}/reload", {})

    async def state() -> str:
        entries = await line.home.user.entries()
        (found,) = (e for e in entries if e["entry_id"] == line.entry_id)
        return str(found["state"])

    assert await state() == "setup_retry"
    line.bridge.start()
    await until(state, 40, "the entry is loaded", lambda now: now == "loaded")
    await line.expect(line.available, 10, "values")
    pattern = "not heard any more|not ready yet"
    line.home.log.allow(line.home.log.matching(pattern, mark - 2))


async def test_bridge_that_a_meter_of_ours_uses(line: Bridged) -> None:
    """Refused before it is opened, whatever is said to be spoken there."""
    for protocol in ("socket", "rfc2217"):
        async with Flow(line.home) as flow:
            await flow.choose_bridge(" 127.0.0.1", line.bridge.port, protocol)
            assert flow.step["type"] == "abort"
            assert flow.step["reason"] == "already_configured"
            assert not flow.progress
    assert line.available()


async def test_no_meter_there(home: Instance) -> None:
    """All at the same time, as the silent one takes long."""

    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.2p1\r\n")

    async def stay_silent(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await reader.read()
        writer.close()

    said = {
        "bridge_silent": ("says nothing", "ne dit rien"),
        "connection_refused": ("nothing answers", "rien ne répond"),
        "host_not_found": ("No machine goes by", "Aucune machine ne porte"),
        "other_service": ("SSH answers there", "SSH y répond"),
    }
    async with contextlib.AsyncExitStack() as stack:
        servers = [
            await stack.enter_async_context(
                await asyncio.start_server(serve, "127.0.0.1", 0)
            )
            for serve in (stay_silent, greet)
        ]
        silent, other = (server.sockets[0].getsockname()[1] for server in servers)
        places = {
            "bridge_silent": ("127.0.0.1", silent),
            "connection_refused": ("127.0.0.1", free_port()),
            "host_not_found": ("nowhere.invalid", 2000),
            "other_service": ("127.0.0.1", other),
        }
        flows = {key: await stack.enter_async_context(Flow(home)) for key in places}
        await asyncio.gather(
            *(flow.choose_bridge(*places[key]) for key, flow in flows.items())
        )
        for key, flow in flows.items():
            assert flow.step["step_id"] == "network", flow.step
            assert list(flow.step["errors"].values()) == [key]
            for language, part in zip(("en", "fr"), said[key], strict=True):
                text = await flow.text(language)
                assert part in text
                host, port = places[key]
                assert f"{host}:{port}" in text
                assert "{" not in text
            assert flow.seconds < (25 if key == "bridge_silent" else 10)


async def test_from_usb_to_the_network_and_back(
    home: Instance, bench: Bench, folder: Path
) -> None:
    """Same entities, same entry, the values of the same meter."""
    setup = MeterSetup(seed=32, contract=Contract.BASE, serial=_MOVED)
    meter = bench.meter("moved", setup, mode=TicMode.STANDARD)
    async with Flow(home) as flow:
        await flow.choose(meter.port)
        await flow.submit()
        line = Line(home, meter, flow.step["result"]["entry_id"])
    await line.refresh()
    await line.expect(line.available, 10, "the meter's values")
    # a bridge opens the device while it has a reader, so that one line does for both
    for kind in KINDS:
        with bridged(kind, meter.port, folder) as bridge:
            await _move(line, bridge=bridge)
            await _move(line, port=meter.port)


async def _move(
    line: Line, *, bridge: Bridge | None = None, port: str | None = None
) -> None:
    started = time.monotonic()
    entities = dict(line.entities)
    async with Flow(line.home, entry_id=line.entry_id) as flow:
        assert flow.step["type"] == "menu"
        assert flow.step["step_id"] == "reconfigure"
        if bridge is not None:
            await flow.choose_bridge(bridge.host, bridge.port, bridge.protocol)
        else:
            assert port is not None
            await flow.choose(port)
        assert flow.step["reason"] == "reconfigure_successful", flow.step
    await line.expect(
        lambda: line.available() and line.follows(), 20, "values from the new place"
    )
    await line.refresh()
    assert line.entities == entities
    line.check_index(started)

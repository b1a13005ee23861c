"""One Home Assistant, one bench of virtual meters, and an order to use them in."""

from collections.abc import AsyncIterator, Iterator
from inspect import iscoroutinefunction
from pathlib import Path

import pytest
import pytest_asyncio

from .bench import Bench
from .fast import SPEED, FastMeter, add_fast_meters
from .household import Added, add_household
from .instance import Instance

_ORDER = (
    # the fast meters live on while the others are looked at
    "test_speed.py::test_fast_meters_are_added",
    "test_migration.py::test_ids_are_taken_over",
    "test_continuity.py",
    # faults that statistics must not show; then a sleep while other tests run
    "test_faults.py",
    "test_meters.py",
    "test_energy.py::test_rare_indexes_are_enabled",
    "test_flows.py",
    "test_pages.py",
    "test_line.py",
    # not later: Home Assistant makes no statistics of periods that it slept through
    "test_faults.py::test_two_minutes_later",
    "test_esphome.py",
    "test_examples.py",
    "test_network.py",
    "test_mqtt.py",
    "test_grid.py",
    "test_demo.py",
    "test_house.py",
    "test_speed.py",
    # statistics are made every five minutes: the later they are looked at, the
    # shorter the wait for them
    "test_energy.py",
    "test_migration.py",
    "test_faults.py::test_statistics_did_not_move",
    "test_continuity.py::test_sums_grew_by_what_was_shown",
    "test_logs.py",
)
_FAKES = Path(__file__).parent / "fakes"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Share one event loop, and order the tests."""
    for item in items:
        if isinstance(item, pytest.Function) and iscoroutinefunction(item.function):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)

    def place(item: pytest.Item) -> int:
        found = [part for part in _ORDER if part in item.nodeid]
        # a test that is named goes before its file
        return _ORDER.index(max(found, key=len)) if found else len(_ORDER)

    items.sort(key=place)


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """Give a bench for meters."""
    with Bench(tmp_path_factory.mktemp("lines")) as bench:
        yield bench


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def home(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Instance]:
    """Start the Home Assistant that most tests look at."""
    path = tmp_path_factory.mktemp("home") / "config"
    instance = Instance(path, integrations=(_FAKES / "port_holder",))
    try:
        await instance.start()
        yield instance
    finally:
        await instance.stop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def household(home: Instance, bench: Bench) -> dict[str, Added]:
    """Add one meter of each kind, all at the same time."""
    return await add_household(home, bench)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def troubled_home(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Instance]:
    """Start a Home Assistant for meters that suffer."""
    instance = Instance(tmp_path_factory.mktemp("troubled") / "config")
    try:
        await instance.start()
        yield instance
    finally:
        await instance.stop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def fast_home(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Instance]:
    """Start a Home Assistant for meters that live 600 times faster."""
    path = tmp_path_factory.mktemp("fast") / "config"
    instance = Instance(path, speed=SPEED)
    try:
        await instance.start()
        yield instance
    finally:
        await instance.stop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def new_home(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Instance]:
    """Start the Home Assistant of people who come from another integration."""
    path = tmp_path_factory.mktemp("migration") / "config"
    instance = Instance(path, integrations=(_FAKES / "linkytic",))
    try:
        await instance.start()
        await instance.user.ask("config/core/update", language="fr")
        yield instance
    finally:
        await instance.stop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def fast_meters(fast_home: Instance, bench: Bench) -> list[FastMeter]:
    """Add two fast meters whose every frame is shown."""
    return await add_fast_meters(fast_home, bench)

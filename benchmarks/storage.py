"""Storage: a day of the demo in a real PostgreSQL, MariaDB and InfluxDB 1.

    .venv-demo/bin/python -m benchmarks.storage [--scenario NAME] [--until TIME] [--json]

Home Assistant's recorder writes to PostgreSQL, then, on another run of the same day, to
MariaDB; its InfluxDB integration writes to InfluxDB beside. The queries of
`examples/queries` and of the Grafana dashboard must answer from what was stored. Bytes by
row are measured; how many rows there are hangs on the update interval, of which a clock
that flies tells nothing: `benchmarks.writes` counts those.

It needs the servers' programs (Debian: postgresql, mariadb-server, influxdb) and uv, for
the three clients, which go to a folder of their own. Servers listen on this machine only
and are gone at the end. Grafana and InfluxDB 2 are not run.
"""

import argparse
import asyncio
from collections.abc import Mapping
from contextlib import ExitStack, suppress
import json
import os
from pathlib import Path
import re
import sys
from tempfile import TemporaryDirectory
import time
from typing import Any, Final, override

from demo import furnish
from demo.loads import furnish_loads
from tests.e2e.instance import until
from tests.e2e.simulated import SimulatedDay

from .databases import TABLES, Database, InfluxDB, MariaDB, PostgreSQL, run

ROOT: Final = Path(__file__).parents[1]
QUERIES: Final = ROOT / "examples" / "queries"
DASHBOARD: Final = ROOT / "examples" / "grafana" / "linky-pilote.json"
_CLIENTS: Final = (
    *("psycopg2-binary==2.9.13", "pymysql==1.2.4"),
    *("influxdb==5.3.2", "influxdb-client==1.50.0"),
    *("msgpack", "pytz", "reactivex", "six"),
)
"""What Home Assistant does not bring itself."""
_SETTLING_S: Final = 20.0
_PATIENCE: Final = """
from homeassistant.components import influxdb

# a limit of 10 s of a clock that flies would be over before anybody could answer
influxdb.TIMEOUT *= 600
influxdb.QUEUE_BACKLOG_SECONDS *= 600
"""
_NAMES: Final = {
    "apparent_power": "apparent_power",
    "energy_drawn": "index_total",
    "energy_injected": "index_injected",
}


class _Day(SimulatedDay):
    """A day that is recorded elsewhere."""

    def __init__(
        self, path: Path, scenario: str, database: Database, packages: Path
    ) -> None:
        super().__init__(
            path,
            scenario,
            configuration={
                "recorder": {"db_url": database.url, "commit_interval": 5},
            },
        )
        self._variables = {**(self._variables or {}), "PYTHONPATH": str(packages)}

    @override
    async def stop(self) -> None:
        """All is written by now; threads that still count in time that flew may end."""
        with suppress(AssertionError):
            await super().stop()


async def _live(day: _Day, end: str, influx: InfluxDB) -> dict[str, str]:
    """Live through the day; return our entities by what queries call them."""
    try:
        await day.start()
        flows = "/api/config/config_entries/flow"
        step = await day.user.post(flows, {"handler": "influxdb"})
        path = f"{flows}/{step['flow_id']}"
        await day.user.post(path, {"next_step_id": "configure_v1"})
        step = await day.user.post(
            path, {"url": influx.url, "database": "homeassistant", "verify_ssl": False}
        )
        assert step["type"] == "create_entry", step
        await furnish.add_grid(day.user)
        await furnish_loads(day.user, day.entry_id)
        entities = await furnish.meter_entities(day.user, day.entry_id)
        names = {e["translation_key"]: e["entity_id"] for e in entities}
        await day.run_until(end)

        async def backlog() -> int:
            info = await day.user.ask("recorder/info")
            return int(info["backlog"])

        # time flew: what is to be written has yet to be
        await until(backlog, 300, "all is written", lambda left: left < 5)
        await asyncio.sleep(_SETTLING_S)
        return {
            word: names[key].partition(".")[2]
            for word, key in _NAMES.items()
            if key in names
        }
    finally:
        await day.stop()


def _named(query: str, names: Mapping[str, str]) -> str:
    """Return a query of the examples with the entities of this home."""
    return re.sub(
        r"linky_1234_(\w+)", lambda found: names.get(found[1], found[0]), query
    )


def _answers(
    database: Database, names: Mapping[str, str]
) -> dict[str, list[tuple[Any, ...]]]:
    files = [*QUERIES.glob(f"*.{database.name}.sql"), *QUERIES.glob("*.sql")]
    return {
        file.name: database.ask(_named(file.read_text("utf-8"), names))
        for file in files
        if file.name.count(".") == 1 or database.name in file.name
    }


def _influx_answers(
    influx: InfluxDB, names: Mapping[str, str], day: str
) -> dict[str, int]:
    """Return how many points each query answers with; the day is not that of today."""
    queries = {
        file.name: _named(file.read_text("utf-8"), names)
        for file in QUERIES.glob("*.influxql")
    }
    dashboard = json.loads(DASHBOARD.read_text("utf-8"))
    meter = names["apparent_power"].removesuffix("_apparent_power")
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            name = f"{panel['title']}, {target['refId']}"
            queries[name] = target["query"].replace("${meter}", meter)
    for variable in dashboard["templating"]["list"]:
        queries[variable["label"]] = variable["query"]
    window = f"time > '{day}T00:00:00Z' - 1d AND time < '{day}T00:00:00Z' + 2d"
    counts = {}
    for name, text in queries.items():
        query = re.sub(r"time > now\(\) - \d+d|\$timeFilter", window, text)
        query = query.replace("$__interval", "10m")
        found = influx.ask(query)
        counts[name] = sum(
            any(cell is not None for cell in row[1:])
            for series in found
            for row in series["values"]
        )
    return counts


def measure(scenario: str, end: str) -> dict[str, Any]:
    """Store the day twice, and return what is there."""
    report: dict[str, Any] = {"scenario": scenario, "until": end}
    with TemporaryDirectory(prefix="linky-") as temporary, ExitStack() as stack:
        folder = Path(temporary)
        folder.chmod(0o755)
        packages = folder / "packages"
        into = ("--python", sys.executable, "--target", packages, "--no-deps")
        run(os.environ.get("UV", "uv"), "pip", "install", *into, *_CLIENTS)
        (packages / "sitecustomize.py").write_text(_PATIENCE, "utf-8")
        sys.path.append(str(packages))
        for kind in (PostgreSQL, MariaDB):
            part = folder / kind.name
            part.mkdir(mode=0o755)
            influx, database = InfluxDB(part, stack), kind(part, stack)
            day = _Day(part / "config", scenario, database, packages)
            names = asyncio.run(_live(day, end, influx))
            time.sleep(10)
            report[kind.name] = _report(database, names, influx, end[:10])
    return report


def _report(
    database: Database, names: Mapping[str, str], influx: InfluxDB, day: str
) -> dict[str, Any]:
    answers = _answers(database, names)
    points = sum(
        value
        for series in influx.ask("SELECT count(/^(value|state)$/) FROM /.*/")
        for value in series["values"][0][1:]
        if value
    )
    rows = {t: int(database.ask(f"SELECT count(*) FROM {t}")[0][0]) for t in TABLES}  # noqa: S608
    sizes = database.sizes()
    return {
        "rows": rows,
        "bytes": sizes,
        "bytes_by_row": {t: round(sizes[t] / rows[t], 1) for t in TABLES if rows[t]},
        "answers": {name: len(found) for name, found in answers.items()},
        "energy_by_day": [
            [str(cell) for cell in row]
            for name, found in answers.items()
            if name.startswith("energy")
            for row in found
        ],
        "influxdb": {
            "points": points,
            "bytes": influx.bytes,
            "bytes_by_point": round(influx.bytes / points, 1) if points else None,
            "answers": _influx_answers(influx, names, day),
        },
    }


def main() -> None:
    """Print the report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--scenario", default="clear-day")
    parser.add_argument("--until", default="2027-06-18T05:45")
    parser.add_argument("--json", type=Path, help="where to write it, too")
    options = parser.parse_args()
    report = json.dumps(measure(options.scenario, options.until), indent=2)
    print(report)
    if options.json:
        options.json.write_text(report + "\n", "utf-8")


if __name__ == "__main__":
    main()

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
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
import json
import os
from pathlib import Path
import re
import shutil
import subprocess
import sys
from tempfile import TemporaryDirectory
import time
from typing import Any, Final, override
import urllib.parse
import urllib.request

from demo import furnish
from demo.loads import furnish_loads
from tests.e2e.instance import free_port, until
from tests.e2e.simulated import SimulatedDay

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
_STATES: Final = ("states", "state_attributes", "statistics", "statistics_short_term")


def _run(*command: str | Path, user: str | None = None, **options: Any) -> str:
    """Run a program to its end, as another user where we are root."""
    prefix = ["runuser", "-u", user, "--"] if user and os.geteuid() == 0 else []
    done: subprocess.CompletedProcess[str] = subprocess.run(
        [*prefix, *map(str, command)],
        check=True,
        capture_output=True,
        text=True,
        **options,
    )
    return done.stdout


@contextmanager
def _served(*command: str | Path, log: Path, env: Any = None) -> Iterator[None]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            list(map(str, command)), stdout=output, stderr=output, env=env
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(60)


def _until(ask: Callable[[], object], seconds: float = 60.0) -> None:
    """Ask until nothing is raised."""
    end = time.monotonic() + seconds
    while True:
        try:
            ask()
        except Exception:
            if time.monotonic() > end:
                raise
            time.sleep(0.3)
        else:
            return


class Database:
    """A server that the recorder writes to."""

    name: str
    url: str

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Return what a query answers."""
        raise NotImplementedError

    def sizes(self) -> dict[str, int]:
        """Return the bytes of the tables, with their indexes."""
        raise NotImplementedError


class PostgreSQL(Database):
    """A cluster of its own."""

    name = "postgresql"

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        """Start it."""
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
        programs = found[-1] if found else Path(shutil.which("postgres") or "").parent
        data, port = folder / "postgresql", free_port()
        data.mkdir()
        user = "postgres" if os.geteuid() == 0 else None
        if user:
            shutil.chown(data, user)
        _run(
            programs / "initdb",
            "-D",
            data,
            "-A",
            "trust",
            "-U",
            "ha",
            "-E",
            "UTF8",
            user=user,
            cwd=data,
        )
        options = f"-k {data} -c listen_addresses=127.0.0.1 -p {port}"
        control = programs / "pg_ctl"
        _run(
            control,
            "-D",
            data,
            "-w",
            "-l",
            data / "log",
            "-o",
            options,
            "start",
            user=user,
            cwd=data,
        )
        stack.callback(
            _run, control, "-D", data, "-m", "fast", "stop", user=user, cwd=data
        )
        self._where = {"host": "127.0.0.1", "port": port, "user": "ha"}
        connection = self._connect("postgres")
        connection.autocommit = True
        connection.cursor().execute("CREATE DATABASE ha")
        connection.close()
        self.url = f"postgresql://ha@127.0.0.1:{port}/ha"

    def _connect(self, database: str) -> Any:
        import psycopg2

        return psycopg2.connect(dbname=database, **self._where)

    @override
    def ask(self, query: str) -> list[tuple[Any, ...]]:
        connection = self._connect("ha")
        try:
            cursor = connection.cursor()
            cursor.execute(query)
            return list(cursor.fetchall())
        finally:
            connection.close()

    @override
    def sizes(self) -> dict[str, int]:
        return {
            table: int(self.ask(f"SELECT pg_total_relation_size('{table}')")[0][0])
            for table in _STATES
        }


class MariaDB(Database):
    """A server of its own."""

    name = "mariadb"

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        """Start it."""
        data, port = folder / "mariadb", free_port()
        data.mkdir()
        user = "mysql" if os.geteuid() == 0 else None
        if user:
            shutil.chown(data, user)
        as_user = [f"--user={user}"] if user else []
        own = ["--no-defaults", f"--datadir={data}", *as_user]
        _run("mariadb-install-db", *own, "--auth-root-authentication-method=normal")
        stack.enter_context(
            _served(
                *("mariadbd", *own, f"--port={port}", "--bind-address=127.0.0.1"),
                f"--socket={data / 'socket'}",
                log=folder / "mariadb.log",
            )
        )
        self._where = {"host": "127.0.0.1", "port": port}
        _until(lambda: self._socket(data / "socket"))
        self.url = f"mysql+pymysql://ha:ha@127.0.0.1:{port}/ha?charset=utf8mb4"

    def _socket(self, socket: Path) -> None:
        import pymysql

        connection = pymysql.connect(unix_socket=str(socket), user="root")
        cursor = connection.cursor()
        for order in (
            "CREATE DATABASE IF NOT EXISTS ha CHARACTER SET utf8mb4",
            "CREATE USER IF NOT EXISTS ha@'127.0.0.1' IDENTIFIED BY 'ha'",
            "CREATE USER IF NOT EXISTS ha@localhost IDENTIFIED BY 'ha'",
            "GRANT ALL ON ha.* TO ha@'127.0.0.1'",
            "GRANT ALL ON ha.* TO ha@localhost",
        ):
            cursor.execute(order)
        connection.close()

    @override
    def ask(self, query: str) -> list[tuple[Any, ...]]:
        import pymysql

        connection = pymysql.connect(
            user="ha",
            password="ha",  # noqa: S106
            database="ha",
            **self._where,
        )
        try:
            cursor = connection.cursor()
            cursor.execute(query)
            return list(cursor.fetchall())
        finally:
            connection.close()

    @override
    def sizes(self) -> dict[str, int]:
        names = ", ".join(f"'{table}'" for table in _STATES)
        self.ask(f"ANALYZE TABLE {', '.join(_STATES)}")
        rows = self.ask(
            "SELECT table_name, data_length + index_length FROM information_schema.tables"  # noqa: S608
            f" WHERE table_schema = 'ha' AND table_name IN ({names})"
        )
        return {str(name): int(size) for name, size in rows}


class InfluxDB:
    """A server of its own, version 1."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        """Start it."""
        self.folder = folder / "influxdb"
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        settings = {
            "REPORTING_DISABLED": "true",
            "BIND_ADDRESS": f"127.0.0.1:{free_port()}",
            "META_DIR": str(self.folder / "meta"),
            "DATA_DIR": str(self.folder / "data"),
            "DATA_WAL_DIR": str(self.folder / "wal"),
            # what came is packed at once, not after ten minutes
            "DATA_CACHE_SNAPSHOT_WRITE_COLD_DURATION": "5s",
            "HTTP_BIND_ADDRESS": f"127.0.0.1:{port}",
            "HTTP_LOG_ENABLED": "false",
        }
        empty = folder / "influxdb.conf"
        empty.write_text("", "utf-8")
        env = os.environ | {f"INFLUXDB_{key}": value for key, value in settings.items()}
        stack.enter_context(
            _served("influxd", "-config", empty, log=folder / "influxdb.log", env=env)
        )
        _until(lambda: self.ask("CREATE DATABASE homeassistant"))

    def ask(self, query: str) -> list[dict[str, Any]]:
        """Return the series that a query answers."""
        data = urllib.parse.urlencode({"db": "homeassistant", "q": query}).encode()
        with urllib.request.urlopen(  # noqa: S310
            f"{self.url}/query", data, timeout=60
        ) as reply:
            (result,) = json.load(reply)["results"]
        if "error" in result:
            raise ValueError(f"{query}: {result['error']}")
        series: list[dict[str, Any]] = result.get("series", [])
        return series

    @property
    def bytes(self) -> int:
        """Return what the points take: the files of series are 32 MB from the start."""
        files = (self.folder / part for part in ("data", "wal"))
        return sum(
            file.stat().st_size
            for part in files
            for file in part.rglob("*")
            if file.is_file() and not {"_internal", "_series"} & set(file.parts)
        )


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
        _run(os.environ.get("UV", "uv"), "pip", "install", *into, *_CLIENTS)
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
    rows = {t: int(database.ask(f"SELECT count(*) FROM {t}")[0][0]) for t in _STATES}  # noqa: S608
    sizes = database.sizes()
    return {
        "rows": rows,
        "bytes": sizes,
        "bytes_by_row": {t: round(sizes[t] / rows[t], 1) for t in _STATES if rows[t]},
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

"""Servers of databases of their own, on this machine only, for as long as they are asked."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
import json
import os
from pathlib import Path
import shutil
import subprocess
import time
from typing import Any, Final, override
import urllib.parse
import urllib.request

from tests.e2e.instance import free_port

TABLES: Final = ("states", "state_attributes", "statistics", "statistics_short_term")


def run(*command: str | Path, user: str | None = None, **options: Any) -> str:
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


class Database(ABC):
    """A server that the recorder writes to."""

    name: str
    url: str

    @abstractmethod
    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Return what a query answers."""

    @abstractmethod
    def sizes(self) -> dict[str, int]:
        """Return the bytes of the tables, with their indexes."""


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
        run(
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
        run(
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
            run, control, "-D", data, "-m", "fast", "stop", user=user, cwd=data
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
            for table in TABLES
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
        run("mariadb-install-db", *own, "--auth-root-authentication-method=normal")
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
        names = ", ".join(f"'{table}'" for table in TABLES)
        self.ask(f"ANALYZE TABLE {', '.join(TABLES)}")
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

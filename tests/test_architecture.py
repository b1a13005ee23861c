"""What may use what: read from the sources, and from a start without Home Assistant."""

import ast
from collections.abc import Iterator
from pathlib import Path
import subprocess
import sys
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[1]
INTEGRATION: Final = ROOT / "custom_components" / "linky_pilote"
ENGINE: Final = INTEGRATION / "engine"
PACKAGES: Final = sorted(path.parent for path in ENGINE.glob("*/__init__.py"))
"""The packages of the engine, which could leave the repository any day."""

MODULES: Final = sorted(ENGINE.rglob("*.py"))

_EACH_MODULE = pytest.mark.parametrize(
    "module", MODULES, ids=[str(path.relative_to(ENGINE)) for path in MODULES]
)

CLOCKS: Final = frozenset(
    {
        "time.time",
        "time.time_ns",
        "time.monotonic",
        "time.monotonic_ns",
        "time.perf_counter",
        "time.perf_counter_ns",
        "time.process_time",
        "time.localtime",
        "time.gmtime",
        "time.ctime",
        "time.sleep",
        "asyncio.sleep",
        "datetime.now",
        "datetime.utcnow",
        "datetime.today",
        "date.today",
    }
)
CLOCK_MODULES: Final = frozenset({"time", "sched", "timeit"})
IO_MODULES: Final = frozenset(
    {
        "glob",
        "http",
        "io",
        "os",
        "pathlib",
        "requests",
        "select",
        "serial",
        "serialx",
        "shutil",
        "socket",
        "subprocess",
        "tempfile",
        "urllib",
    }
)
IO_CALLS: Final = frozenset({"open", "print", "input", "exec", "eval", "__import__"})


def _tree(module: Path) -> ast.Module:
    return ast.parse(module.read_text(encoding="utf-8"), str(module))


def _imports(module: Path) -> Iterator[tuple[Path | None, str, list[str]]]:
    """Yield each import: the file or folder when relative, the module, the names."""
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield None, alias.name, []
        elif isinstance(node, ast.ImportFrom):
            names = [alias.name for alias in node.names]
            if not node.level:
                yield None, node.module or "", names
                continue
            base = module.parents[node.level - 1]
            if node.module:
                yield base.joinpath(*node.module.split(".")), node.module, names
            else:
                for name in names:
                    yield base / name, name, []


def _calls(module: Path) -> Iterator[str]:
    """Yield what is called, as it is written."""
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def _package(path: Path) -> Path | None:
    """Return the package of the engine that a file is in, if it is in one."""
    return next((p for p in PACKAGES if path.is_relative_to(p)), None)


def test_there_is_an_engine() -> None:
    assert ENGINE / "tic" in PACKAGES
    assert ENGINE / "tic" / "decoder.py" in MODULES


@_EACH_MODULE
def test_the_engine_knows_nothing_of_home_assistant(module: Path) -> None:
    for path, name, _ in _imports(module):
        root = name.partition(".")[0]
        assert root not in {"homeassistant", "custom_components", "voluptuous"}, name
        assert path is None or path.is_relative_to(ENGINE), name


@_EACH_MODULE
def test_the_engine_reads_no_clock(module: Path) -> None:
    for _, name, names in _imports(module):
        assert name.partition(".")[0] not in CLOCK_MODULES, name
        assert not {f"{name}.{imported}" for imported in names} & CLOCKS
    for call in _calls(module):
        assert ".".join(call.split(".")[-2:]) not in CLOCKS, call
        assert not call.endswith((".monotonic", ".perf_counter", ".utcnow")), call


@_EACH_MODULE
def test_the_engine_does_no_input_and_no_output(module: Path) -> None:
    for _, name, _ in _imports(module):
        assert name.partition(".")[0] not in IO_MODULES, name
    for call in _calls(module):
        assert call not in IO_CALLS, call


@_EACH_MODULE
def test_packages_of_the_engine_meet_by_their_public_names(module: Path) -> None:
    """Another package is its `__init__`, and of another module what has no underscore."""
    for path, _, names in _imports(module):
        if path is None:
            continue
        private = [name for name in names if name.startswith("_")]
        assert not private, f"{module.name} takes {private} of {path.name}"
        other = _package(path)
        if other is not None and other != _package(module):
            assert path == other, f"{module.name} looks into {other.name}"
            exported = _exported(other / "__init__.py")
            assert set(names) <= exported


def _exported(module: Path) -> set[str]:
    """Return `__all__` of a module."""
    for node in _tree(module).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return set(ast.literal_eval(node.value))
    return set()


@pytest.mark.parametrize("package", PACKAGES, ids=[path.name for path in PACKAGES])
def test_each_package_of_the_engine_says_what_is_public(package: Path) -> None:
    assert _exported(package / "__init__.py")


def test_a_reading_stands_alone() -> None:
    """Every source and every package can make or take one."""
    assert [path for path, _, _ in _imports(ENGINE / "reading.py") if path] == []


_WITHOUT_HOME_ASSISTANT: Final = """
import runpy, sys

class Barrier:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"homeassistant", "voluptuous", "serialx"}:
            raise ImportError(f"{name} is not for the terminal")

sys.meta_path.insert(0, Barrier())
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def test_the_terminal_reader_starts_no_home_assistant(tmp_path: Path) -> None:
    recording = tmp_path / "line.tic"
    recording.write_bytes(b"\x02\nADCO 021861111111 /\r\nPAPP 00260 )\r\x03")
    run = subprocess.run(
        [
            sys.executable,
            "-c",
            _WITHOUT_HOME_ASSISTANT,
            str(ROOT / "scripts" / "tic.py"),
            str(recording),
            "--json",
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert run.stderr == ""
    assert run.returncode == 0
    assert '"PAPP": "00260"' in run.stdout

"""The tests of the JavaScript modules, which Node.js runs."""

import os
from pathlib import Path
import shutil
import subprocess

import pytest


@pytest.mark.parametrize("name", ["strategy", "live_card"])
def test_modules(name: str) -> None:
    node = shutil.which("node")
    if node is None:
        assert "CI" not in os.environ, "Node.js is missing"
        pytest.skip("Node.js is not on this machine")
    test = Path(__file__).with_name(f"{name}.test.mjs")
    run = subprocess.run(
        [node, "--test", str(test)], check=False, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout + run.stderr

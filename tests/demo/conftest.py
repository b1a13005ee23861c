"""What the tests of the demo share: they need no Home Assistant."""

import pytest


@pytest.fixture(autouse=True)
def _custom_integrations() -> None:
    """Start no Home Assistant for each of them, as the other tests do."""


@pytest.fixture(autouse=True)
def no_real_ports() -> None:
    """Leave pseudo-terminals alone, which are what the line is made of."""

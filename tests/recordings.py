"""Users' diagnostics as recordings of a line."""

from typing import Any


def heard(diagnostics: dict[str, Any]) -> bytes:
    """Return the bytes of the line that a file of diagnostics has."""
    return "".join(diagnostics["data"]["heard"]).encode("latin-1")

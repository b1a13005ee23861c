"""Readings, signals and loads to orders: one allocator that sheds and uses the sun."""

from .breaker import filtered
from .memory import State
from .regulator import Decision, Regulator

__all__ = ["Decision", "Regulator", "State", "filtered"]

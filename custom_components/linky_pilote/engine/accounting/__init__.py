"""What a home and its loads use, cost and save: counted from one reading to the next."""

from .home import Drawn, HomeAccounts, Step
from .loads import LoadAccount, Spent
from .machine import Cycles, Standby

__all__ = [
    "Cycles",
    "Drawn",
    "HomeAccounts",
    "LoadAccount",
    "Spent",
    "Standby",
    "Step",
]

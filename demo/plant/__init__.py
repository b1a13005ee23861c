"""Virtual appliances with a state: commands go in, power and a status come out."""

from .car import Car
from .device import Device, Surroundings, watts_of
from .heat import Radiator, Room, Tank
from .machine import Machine, Oven, Socket
from .sun import HomeBattery, Panels

__all__ = [
    "Car",
    "Device",
    "HomeBattery",
    "Machine",
    "Oven",
    "Panels",
    "Radiator",
    "Room",
    "Socket",
    "Surroundings",
    "Tank",
    "watts_of",
]

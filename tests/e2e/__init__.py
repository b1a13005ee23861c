"""Tests of the real Home Assistant with virtual meters, as a household would use it."""

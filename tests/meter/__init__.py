"""Tests of the meter in Home Assistant."""

"""Tests of the grid in Home Assistant."""

"""Tests of the loads in Home Assistant."""

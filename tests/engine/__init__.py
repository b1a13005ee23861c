"""Tests of the engine: nothing of Home Assistant is started."""

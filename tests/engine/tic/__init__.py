"""Tests of the way from bytes to readings."""

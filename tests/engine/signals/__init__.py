"""Tests of the clients of what the grid announces."""

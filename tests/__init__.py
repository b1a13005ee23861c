"""Tests of Linky Pilote."""

"""Kinds of entities that a load may be controlled by, one a module."""

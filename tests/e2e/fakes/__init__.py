"""Integrations that exist for the tests only."""

"""The meter in Home Assistant."""

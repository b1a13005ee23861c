"""The loads of a home in Home Assistant."""

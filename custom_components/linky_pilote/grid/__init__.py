"""What the grid announces, in Home Assistant: one entry, one coordinator a source."""

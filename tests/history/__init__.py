"""What the past tells."""

"""Tests of the demo: its house, its meter, its line and what starts them."""

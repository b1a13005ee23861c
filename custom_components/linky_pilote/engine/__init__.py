"""The pure part of Linky Pilote: no Home Assistant, no clock, no I/O of its own."""

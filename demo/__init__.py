"""A house to try Linky Pilote on: a virtual meter and the Home Assistant that reads it.

The house, the Tempo calendar and the meter are pure: time is a parameter and every
draw comes from a seed, so that the same run gives the same result. Only `wire`
knows how fast a line is, only `line` and the launcher know what time it is.
"""

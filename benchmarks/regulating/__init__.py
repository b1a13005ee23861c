"""A bench for controllers of loads: homes, skies, a meter, faults, and figures."""

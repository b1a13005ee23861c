"""Benchmarks: ratios to a reference measured in the same run, never wall-clock limits."""

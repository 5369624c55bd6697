"""Every speed figure, as ratios within one run: ``python -m benchmarks``."""

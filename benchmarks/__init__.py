"""Speed, as a ratio against peers, measured interleaved in one run. `python -m benchmarks --help`."""

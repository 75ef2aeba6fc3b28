"""kapitza beside other solvers, on the same problem in the same run: ``python -m benchmarks``."""

"""Linear solvers: conductances and loads in, temperatures out."""

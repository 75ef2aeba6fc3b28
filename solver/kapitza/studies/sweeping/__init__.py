"""Sweeps: many points of one case. points (what a worker does), batch (what it hands back), engines, result."""

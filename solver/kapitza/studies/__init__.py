"""Studies of a case beyond one solution. Nothing is imported here: each study loads what it needs."""

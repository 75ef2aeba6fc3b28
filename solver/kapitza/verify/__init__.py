"""Reference problems: exact values beside computed ones."""

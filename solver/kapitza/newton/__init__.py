"""Newton's method over interface laws and temperature-dependent conductivities, in Kirchhoff's variable."""

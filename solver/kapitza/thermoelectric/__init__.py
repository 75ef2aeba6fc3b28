"""A thermoelectric leg: current through a stack, with Joule and Peltier heat."""

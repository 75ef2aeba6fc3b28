"""Functions of temperature: value, slope and integral."""

from kapitza.laws.temperature import Constant, Power, Slope, Table, TemperatureLaw

__all__ = ["Constant", "Power", "Slope", "Table", "TemperatureLaw"]

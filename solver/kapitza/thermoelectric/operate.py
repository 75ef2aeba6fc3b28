"""Which current flows: given, through a load, or the one that gives most power or efficiency."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from kapitza.errors import PhysicsError
from kapitza.solution.thermoelectric import Most
from kapitza.thermoelectric.response import Answer, Response

DOUBLINGS = 60


@dataclass(frozen=True)
class Operation:
    """What the leg gives at any current between the sides that it has. hot, cold: 0 for the bottom, 1 for the top."""

    response: Response

    @property
    def resistance(self) -> float:
        """Electrical [ohm]."""
        return self.response.circuit.resistance

    @cached_property
    def open(self) -> Answer:
        """Without current."""
        return self.response.at(0.0)

    @cached_property
    def open_voltage(self) -> float:
        """[V]."""
        return self.voltage(self.open)

    @cached_property
    def hot(self) -> int:
        """The side where heat enters, without current; of two, the one where more does."""
        return 0 if self.open.heat[0] >= self.open.heat[1] else 1

    def voltage(self, answer: Answer) -> float:
        """Over the load [V]: what the Seebeck effect gives less what the leg itself resists."""
        steps = self.response.circuit.steps
        return -float(steps @ answer.temperature) - answer.current * self.resistance

    def _voltage_slope(self, answer: Answer) -> float:
        return -float(self.response.circuit.steps @ answer.temperature_slope) - self.resistance

    def power(self, answer: Answer) -> float:
        """Given to the load [W]."""
        return answer.current * self.voltage(answer)

    def _power_slope(self, answer: Answer) -> float:
        return self.voltage(answer) + answer.current * self._voltage_slope(answer)

    def heat_out(self, answer: Answer) -> float:
        """To the cold side [W]."""
        return -float(answer.heat[1 - self.hot])

    def heat_in(self, answer: Answer) -> float:
        """From the hot side, and from sources of the case inside [W]."""
        return self.heat_out(answer) + self.power(answer)

    def _heat_in_slope(self, answer: Answer) -> float:
        return -float(answer.heat_slope[1 - self.hot]) + self._power_slope(answer)

    @cached_property
    def short(self) -> float:
        """Current without a load [A], of the sign of the open voltage."""
        low, high = 0.0, self.open_voltage / self.resistance
        for _ in range(DOUBLINGS):
            if self.response.runaway(high):
                raise PhysicsError(
                    f"thermoelectric: no steady state at {high:.4g} A, below the current of a short circuit; the leg "
                    "is cooled too weakly to be run by its own voltage. Give a smaller current"
                )
            if self.voltage(self.response.at(high)) * self.open_voltage <= 0.0:
                return _root(lambda current: self.voltage(self.response.at(current)), low, high)
            low, high = high, 2.0 * high
        raise PhysicsError(
            "thermoelectric: the voltage does not fall with the current; check seebeck and sources"
        )

    def through(self, load: float) -> float:
        """Current through a load [ohm]."""
        if self.open_voltage == 0.0:
            return 0.0
        return _root(
            lambda current: self.voltage(self.response.at(current)) - current * load, 0.0, self.short
        )

    @cached_property
    def most_power(self) -> Most | None:
        """None where there is no voltage."""
        return self._most(self._power_slope)

    @cached_property
    def most_efficiency(self) -> Most | None:
        """None where there is no voltage."""

        def slope(answer: Answer) -> float:
            rising = self._power_slope(answer) * self.heat_in(answer)
            return rising - self.power(answer) * self._heat_in_slope(answer)

        return self._most(slope)

    def _most(self, slope: Callable[[Answer], float]) -> Most | None:
        """Where ``slope`` along the current is zero, between no current and a short circuit."""
        if self.open_voltage == 0.0 or self.heat_in(self.open) <= 0.0:
            return None
        current = _root(lambda current: slope(self.response.at(current)), 0.0, self.short)
        answer = self.response.at(current)
        power = self.power(answer)
        return Most(current, self.voltage(answer) / current, power, power / self.heat_in(answer))


def effective(efficiency: float, hot: float, cold: float) -> float:
    """ZT at the mean temperature of the ideal leg between ``hot`` and ``cold`` [K] with this greatest efficiency:
    efficiency = (1 - cold/hot) (M - 1)/(M + cold/hot), M^2 = 1 + ZT."""
    share, ratio = efficiency / (1.0 - cold / hot), cold / hot
    root = (1.0 + share * ratio) / (1.0 - share)
    return (root - 1.0) * (root + 1.0)


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    """A root between, to rounding."""
    from scipy.optimize import brentq

    return float(brentq(function, low, high, xtol=1e-300, rtol=4.0 * math.ulp(1.0)))

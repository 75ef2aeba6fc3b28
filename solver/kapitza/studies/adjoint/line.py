"""The adjoint of a 1-D stack. At its solution every stack, k(T) and laws included, is a chain of resistances again:

    segment   k_l dT_l - k_u dT_u = a dQ,      joint   q1 dT_1 + q2 dT_2 = dQ / A

become y_m - y_{m+1} = r dQ in y = c dT, with c grown from face to face by c_u = c_l k_u / k_l and c_2 = c_1 (-q2) / q1.
A chain is symmetric: its answers mu (potentials), phi (flows) to the weights of a functional J = sum w T + sum v Q are

    dJ = sum phi e + sum mu S,      mu_m - mu_{m+1} = r phi_m + v_m,

where e is what a change of the problem makes a link miss, at fixed temperatures and flows, and S heat put into a node.
So resistances count with products of flows: dJ/dr = phi Q.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kapitza import properties
from kapitza.assemble import line as assembly
from kapitza.assemble.chain import Chain, End
from kapitza.assemble.line import LineProblem
from kapitza.errors import InputError
from kapitza.interfaces.law import Law
from kapitza.laws.media import Media
from kapitza.layout import Floats, Layout
from kapitza.linear import line as chain
from kapitza.mesh import build_line
from kapitza.model import SIDES, Reservoir, Stack
from kapitza.newton.continued import flux
from kapitza.solution.solved import Solved
from kapitza.state import LineState
from kapitza.studies.adjoint.line_form import LineForm, two_sided
from kapitza.studies.adjoint.moved import UnmovableError

NODES = 3  # lower face, middle, upper face


@dataclass(frozen=True)
class Posed:
    """A stack with the segments of the solution. media : None where all is linear"""

    layout: Layout
    problem: LineProblem
    media: Media | None


@dataclass(frozen=True)
class Residuals:
    """What a problem asks of the solution's temperatures and flows. links : (3n + 1,) what each link misses, in y, the
    two ends first and last · heat : (3n,) put into the nodes [W], by the ends too"""

    links: Floats
    heat: Floats


class LineAdjoint:
    """Adjoint solutions of one 1-D solution, for any number of functionals."""

    def __init__(self, solved: Solved) -> None:
        assert solved.line is not None
        self.state: LineState = solved.line
        problem = self.state.problem
        self.posed = Posed(solved.layout, problem, self.state.media)
        self.n = len(self.state.lower)
        self.scale_lower, self.scale_upper, self.segment_scale, self.joint_scale = self._scales()
        self.chain = self._chain()

    # The linearised chain -----------------------------------------------------------------------------------

    def _scales(self) -> tuple[Floats, Floats, Floats, Floats]:
        """c of the lower and upper faces (n,), s = c / k of the segments (n,), and dy/dQ per area of the joints (m,)
        that have laws: y1 - y2 = joint_scale (Q / A - q)."""
        state, problem = self.state, self.state.problem
        joints, ones = problem.joints, np.ones(self.n)
        if state.media is None:
            return ones, ones, ones, np.ones(len(joints))
        k_lower, k_upper = state.media.conductivity(state.lower), state.media.conductivity(state.upper)
        _, first, second = self._laws(problem)
        grown = np.ones(self.n)  # by which c grows from the lower face of a segment to the next one's
        grown *= k_upper / k_lower
        grown[joints] *= -second / first
        c_lower = np.concatenate([[1.0], np.cumprod(grown[:-1])])
        c_upper = c_lower * k_upper / k_lower
        return c_lower, c_upper, c_lower / k_lower, c_upper[joints] / first

    def _laws(self, problem: LineProblem) -> tuple[Floats, Floats, Floats]:
        """(q, dq/dT1, dq/dT2) of all joints (m,); 0, 1, -1 where they are perfect or insulated."""
        contacts, joints = problem.contacts, problem.joints
        below, above = self.state.upper[joints], self.state.lower[joints + 1]
        q, first, second = np.zeros(len(joints)), np.ones(len(joints)), -np.ones(len(joints))
        for index in np.unique(contacts.law):
            law, here = contacts.laws[int(index)], contacts.law == index
            if not exact(law):
                found = flux(law, below[here], above[here])
                q[here], first[here], second[here] = found.q, found.first, found.second
        return q, first, second

    def _chain(self) -> Chain:
        """The linearised chain without heat, between references at 0."""
        state, problem = self.state, self.state.problem
        resistance = np.array(problem.chain.resistance)
        if state.media is not None:
            for k in (0, 1):
                resistance[k::3] *= self.segment_scale
            lawful = self._lawful(problem)
            between = resistance[3 * problem.joints + 2]
            between = np.where(lawful, self.joint_scale / problem.area, between)
            resistance[3 * problem.joints + 2] = between
        ends = [self._end(0), self._end(1)]
        return Chain(resistance, np.zeros(NODES * self.n), ends[0], ends[1])

    def _lawful(self, problem: LineProblem) -> np.ndarray:
        found = np.array([exact(law) for law in problem.contacts.laws])
        return ~found[problem.contacts.law]

    def _end(self, which: int) -> End:
        end = (self.state.problem.chain.lower, self.state.problem.chain.upper)[which]
        if end.temperature is None:
            return End()
        found = self.end_law(self.posed, which)
        if found is None:
            return End(0.0, end.resistance)
        law, ambient, area = found
        slope = flux(law, self.surface(which), np.array([ambient])).first[0]
        return End(0.0, float(self.end_scale(which) / (slope * area)))

    def end_scale(self, which: int) -> float:
        return float(self.scale_lower[0] if which == 0 else self.scale_upper[-1])

    def surface(self, which: int) -> Floats:
        return self.state.lower[:1] if which == 0 else self.state.upper[-1:]

    def end_law(self, posed: Posed, which: int) -> tuple[Law, float, float] | None:
        """(law from the surface to the reservoir, its temperature [K], area [m^2]) where the end has a law of its own
        in a problem that is not linear."""
        side = SIDES[posed.layout.stack.geometry.kind][which]
        condition = posed.layout.stack.boundary(side).condition
        end = (posed.problem.chain.lower, posed.problem.chain.upper)[which]
        if posed.media is None or not isinstance(condition, Reservoir) or exact(condition.law):
            return None
        if end.temperature is None:
            return None
        r = posed.layout.layer_edges[0 if which == 0 else -1]
        return condition.law, end.temperature, float(posed.problem.metric.area(np.array([r]))[0])

    def solve(self, form: LineForm) -> tuple[Floats, Floats]:
        """(phi (3n + 1,) of all links, ends included; mu (3n,) of all nodes) of a functional.

        Raises InputError where it looks at a piece whose temperature nothing fixes."""
        weights = form.weights(self.state)
        source = np.zeros(NODES * self.n)
        source[0::3], source[2::3] = weights.lower / self.scale_lower, weights.upper / self.scale_upper
        drop = np.zeros(len(source) - 1)
        drop[3 * self.state.problem.joints + 2] = weights.flow
        climbed = np.concatenate([[0.0], np.cumsum(drop)])
        upper = self.chain.upper
        if upper.temperature is not None:
            upper = End(float(climbed[-1]), upper.resistance)
        found = chain.solve(Chain(self.chain.resistance, source, self.chain.lower, upper))
        for piece in found.floating:
            if abs(piece.imbalance) > 1e-12 * piece.throughput:
                raise InputError(
                    "sensitivities: nothing fixes the temperature of the piece that is looked at; give a boundary a "
                    "temperature or an ambient"
                )
        phi = np.concatenate([[found.heat_lower], found.flux, [-found.heat_upper]])
        return phi, found.temperature - climbed

    # Other problems -----------------------------------------------------------------------------------------

    def pose(self, stack: Stack) -> Posed:
        """A nearby stack, cut into the same segments. Raises UnmovableError where it has others."""
        layout = Layout.of(stack)
        line = build_line(layout)
        linear = self.state.media is None
        given = properties.evaluate(layout) if linear else properties.Properties.unit(layout)
        problem = assembly.assemble(layout, line, given)
        same = np.array_equal(problem.line.segment_piece, self.state.problem.line.segment_piece)
        if not same or not np.array_equal(problem.contacts.law, self.state.problem.contacts.law):
            raise UnmovableError(
                "sensitivities: this changes which pieces meet, or where heat begins and ends among them; a sweep "
                "shows its effect"
            )
        media = None
        if not linear:
            media = Media(layout.kind_of[line.segment_piece], properties.kirchhoff(layout))
        return Posed(layout, problem, media)

    def levels(self, posed: Posed) -> tuple[Floats, Floats]:
        """The solution's faces in Kirchhoff's variable of another problem."""
        lower, upper = self.state.lower, self.state.upper
        if posed.media is None:
            return lower, upper
        return posed.media.potential(lower), posed.media.potential(upper)

    def value(self, form: LineForm, posed: Posed) -> float:
        """A functional of the solution's temperatures and flows, as another problem sees it."""
        return form.value(posed.problem, posed.media, self.levels(posed), self.state.joint_flow)

    def require_smooth(self, form: LineForm, name: str, high: Posed, low: Posed) -> None:
        """Raise UnmovableError where a place with a height of its own lies between two segments, and what comes to lie
        there from either side differs."""
        changes = form.at_heights(high.problem, high.media, self.levels(high))
        changes = changes - form.at_heights(low.problem, low.media, self.levels(low))
        if two_sided(changes):
            raise UnmovableError(
                f"sensitivities: the face that this moves lies where {name} looks, so that more and less have "
                'different effects; a sweep shows both, or let the probe follow the face (layer and side = "top")'
            )

    def residuals(self, posed: Posed) -> Residuals:
        state, problem = self.state, posed.problem
        inflow, outflow = state.inflow, state.inflow + state.problem.heat
        joints = problem.joints
        links = np.zeros(NODES * self.n + 1)
        resistance = problem.chain.resistance
        links[1:-1:3] = self.segment_scale * resistance[0::3] * inflow
        links[2:-1:3] = self.segment_scale * resistance[1::3] * outflow
        if posed.media is not None:
            low, high = self.levels(posed)
            links[2:-1:3] -= self.segment_scale * (low - high)
        lawful = self._lawful(problem) if posed.media is not None else np.zeros(len(joints), dtype=bool)
        with np.errstate(invalid="ignore"):
            missed = np.where(np.isfinite(problem.contacts.resistance), resistance[3 * joints + 2], 0.0)
        missed = missed * state.joint_flow
        if lawful.any():
            q, _, _ = self._laws(problem)
            by_law = self.joint_scale / self.state.problem.area * (state.joint_flow - problem.area * q)
            missed = np.where(lawful, by_law, missed)
        links[3 * joints + 3] = missed
        links[0], links[-1] = self._missed(posed, 0), self._missed(posed, 1)
        heat = np.array(problem.chain.source)
        heat[0] += problem.chain.lower.heat
        heat[-1] += problem.chain.upper.heat
        return Residuals(links, heat)

    def _missed(self, posed: Posed, which: int) -> float:
        """What the link to a reference misses, seen upwards: R Q - (T_before - T_after) in y."""
        end = (posed.problem.chain.lower, posed.problem.chain.upper)[which]
        if end.temperature is None:
            return 0.0
        entering, scale = self.state.heat[which], self.end_scale(which)
        sign = 1.0 if which == 0 else -1.0
        found = self.end_law(posed, which)
        if found is None:
            return scale * sign * (end.resistance * entering - end.temperature)
        law, ambient, area = found
        q = float(flux(law, self.surface(which), np.array([ambient])).q[0])  # leaves for the reservoir
        resistance = (self.chain.lower, self.chain.upper)[which].resistance
        return sign * resistance * (entering + area * q)


def exact(law: Law) -> bool:
    """Perfect or insulated: no flux follows from the temperatures."""
    return law.linear and (law.resistance == 0.0 or np.isinf(law.resistance))

"""One step in time: TR-BDF2 (Bank et al. 1985; error estimate of Hosea and Shampine 1996), BDF2, backward Euler.

All are implicit and damp what is stiff. The contents advance by the flows of the stages, in the same combination as the
heat that enters and leaves, so that heat is kept to rounding however well a stage was solved.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kapitza.layout import Floats
from kapitza.transient.body import Body, Flow

D = 1.0 - math.sqrt(0.5)  # both stages of TR-BDF2 have this share of the step on their diagonal
GAMMA = 2.0 * D
W = 0.25 * math.sqrt(2.0)
# Weights minus those of the embedded method of third order.
E0, E1, E2 = W - (1.0 - W) / 3.0, W - (3.0 * W + 1.0) / 3.0, D - D / 3.0


@dataclass(frozen=True)
class Point:
    """An instant. t [s] · E : (nz, nx) contents [J] · y : variable · flow · into, out : heat so far [J]"""

    t: float
    E: Floats
    y: Floats
    flow: Flow
    into: float
    out: float


Values = Callable[[float, bool], Floats]
"""Values of the drive at a time; the flag: just after it, should they jump there."""


@dataclass(frozen=True)
class Step:
    """end : where it leads · middle : (share of the step, y) of an inner stage, or None · missing : (nz, nx) estimate
    of the local error [J] · delta : [s] of its implicit stages · order : of the estimate in the step size"""

    end: Point
    middle: tuple[float, Floats] | None
    missing: Floats
    delta: float
    order: int


def ahead(body: Body, before: Point | None, a: Point, h: float) -> Floats:
    """First guess of y after ``h`` [s]: along the line from ``before``, where that shortens an iteration."""
    if before is None or not body.extrapolated:
        return a.y
    return a.y + (h / (a.t - before.t)) * (a.y - before.y)


def tr_bdf2(body: Body, a: Point, h: float, values: Values, before: Point | None = None) -> Step:
    """Second order, one step: history serves the first guess alone."""
    delta = D * h
    inner, last = values(a.t + GAMMA * h, False), values(a.t + h, False)
    F0 = a.flow
    y1 = body.stage(a.E + delta * F0.net, delta, inner, ahead(body, before, a, GAMMA * h))
    F1 = body.flow(y1, inner)
    R = a.E + (W * h) * (F0.net + F1.net)
    # The straight line through both stages is the first guess of the last one.
    y2 = body.stage(R, delta, last, a.y + (y1 - a.y) / GAMMA)
    F2 = body.flow(y2, last)
    end = Point(
        a.t + h,
        R + delta * F2.net,
        y2,
        F2,
        a.into + h * (W * (F0.into + F1.into) + D * F2.into),
        a.out + h * (W * (F0.out + F1.out) + D * F2.out),
    )
    missing = h * (E0 * F0.net + E1 * F1.net + E2 * F2.net)
    return Step(end, (GAMMA, y1), missing, delta, 3)


def backward_euler(body: Body, a: Point, h: float, values: Values, before: Point | None = None) -> Step:
    """First order, and no overshoot whatever the step. The drive, straight within a step, acts by its mean."""
    mean, last = values(a.t + 0.5 * h, False), values(a.t + h, False)
    y = body.stage(a.E, h, mean, ahead(body, before, a, h))
    F = body.flow(y, mean)
    after = F if np.array_equal(mean, last) else body.flow(y, last)
    end = Point(a.t + h, a.E + h * F.net, y, after, a.into + h * F.into, a.out + h * F.out)
    return Step(end, None, 0.5 * h * (F.net - a.flow.net), h, 2)


def bdf2(body: Body, before: Point, a: Point, h: float, values: Values) -> Step:
    """Second order from two points, the steps between them of any size."""
    ratio = h / (a.t - before.t)
    last = values(a.t + h, False)
    scale = 1.0 / (1.0 + 2.0 * ratio)
    one, two, delta = (1.0 + ratio) ** 2 * scale, ratio**2 * scale, h * (1.0 + ratio) * scale
    # From differences, so that equal contents stay equal to rounding.
    y = body.stage(a.E + two * (a.E - before.E), delta, last, ahead(body, before, a, h))
    F = body.flow(y, last)
    end = Point(
        a.t + h,
        a.E + two * (a.E - before.E) + delta * F.net,
        y,
        F,
        one * a.into - two * before.into + delta * F.into,
        one * a.out - two * before.out + delta * F.out,
    )
    # h^3 E''' / 6 (1 + ratio)^2 / (ratio (1 + 2 ratio)), the third derivative from the flows at three instants.
    slope = (F.net - a.flow.net) / h - (a.flow.net - before.flow.net) / (a.t - before.t)
    third = 2.0 * slope / (h + (a.t - before.t))
    missing = third * (h**3 / 6.0) * (1.0 + ratio) ** 2 * scale / ratio
    return Step(end, None, missing, delta, 3)

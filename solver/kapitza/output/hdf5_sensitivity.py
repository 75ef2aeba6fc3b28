"""The group of sensitivities in a result file, and what reads it.

sensitivity
    dimensions probe, parameter
    name(probe), unit(probe), value(probe) [K, W/m^2], difference(probe): 1 where it is one of temperatures
    kind, owner, quantity, at, at_unit, count (parameter): what varies, its value in SI and how many equal ones share it
    derivative(probe, parameter): per SI unit · effect(probe, parameter): of one per cent, of a temperature one kelvin
sensitivity/left_out
    kind, owner, quantity, reason (entry): what cannot be told from one solution
sensitivity/tolerances, with [tolerances] alone
    key, given, deviation (tolerance)
    part(probe, tolerance): standard deviation by each, with the sign of the derivative
    drawn(draw, probe), with Monte Carlo; attribute failed: draws without a solution
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kapitza.output.netcdf import Section
    from kapitza.studies.sensitivity import Sensitivity
    from kapitza.studies.tolerances import Spread

GROUP = "sensitivity"


def lay_out(root: Section, found: Sensitivity) -> None:
    """Write ``found`` as a group of ``root``."""
    section = root.section(GROUP)
    section.dimension("probe", len(found.names))
    section.variable("name", ["probe"], list(found.names))
    section.variable("unit", ["probe"], list(found.units))
    section.variable("value", ["probe"], np.asarray(found.values), long_name="in the unit of each")
    section.variable("difference", ["probe"], np.array(found.differences, dtype=np.int8))
    section.dimension("parameter", len(found.parameters))
    _owners(section, "parameter", found.parameters)
    section.variable("at", ["parameter"], np.array([p.value for p in found.parameters]), long_name="value")
    section.variable("at_unit", ["parameter"], [p.unit for p in found.parameters])
    section.variable("count", ["parameter"], np.array([p.count for p in found.parameters], dtype=np.int64))
    along = ["probe", "parameter"]
    for name, what in (("derivatives", "per SI unit"), ("effects", "of one per cent, or of one kelvin")):
        values = np.stack([getattr(p, name) for p in found.parameters], axis=1)
        section.variable(name[:-1], along, values, long_name=what)
    if found.left_out:
        left_out = section.section("left_out")
        left_out.dimension("entry", len(found.left_out))
        _owners(left_out, "entry", found.left_out)
        left_out.variable("reason", ["entry"], [one.reason for one in found.left_out])
    if found.spread is not None:
        _tolerances(section.section("tolerances"), found.spread)


def _owners(section: Section, dimension: str, entries: Sequence[Any]) -> None:
    for name, attribute in (("kind", "kind"), ("owner", "name"), ("quantity", "quantity")):
        section.variable(name, [dimension], [getattr(one, attribute) for one in entries])


def _tolerances(section: Section, spread: Spread) -> None:
    section.dimension("tolerance", len(spread.tolerances))
    section.variable("key", ["tolerance"], [one.path for one in spread.tolerances])
    section.variable("given", ["tolerance"], [one.given for one in spread.tolerances])
    section.variable("deviation", ["tolerance"], np.array([one.deviation for one in spread.tolerances]))
    section.variable("part", ["probe", "tolerance"], spread.parts, long_name="standard deviation, by each")
    if spread.drawn is not None:
        section.dimension("draw", len(spread.drawn.values))
        section.variable("drawn", ["draw", "probe"], spread.drawn.values, long_name="values of the draws")
        section.attributes(failed=spread.drawn.failed)


def load(group: Any) -> Sensitivity:
    """What `lay_out` left in an open group."""
    from kapitza.studies.parameters import LeftOut, Parameter
    from kapitza.studies.sensitivity import Sensitivity

    derivatives = group["derivative"][...]
    rows = zip(
        *(_texts(group[key]) for key in ("kind", "owner", "quantity")),
        group["at"][...].tolist(),
        _texts(group["at_unit"]),
        derivatives.T,
        group["count"][...].tolist(),
        strict=True,
    )
    left_out = []
    if "left_out" in group:
        columns = (_texts(group["left_out"][key]) for key in ("kind", "owner", "quantity", "reason"))
        left_out = [LeftOut(*row) for row in zip(*columns, strict=True)]
    return Sensitivity(
        _texts(group["name"]),
        _texts(group["unit"]),
        group["value"][...],
        group["difference"][...].astype(bool).tolist(),
        [Parameter(*row) for row in rows],
        _spread(group["tolerances"]) if "tolerances" in group else None,
        left_out,
    )


def _spread(group: Any) -> Spread:
    from kapitza.case.tolerances import Tolerance
    from kapitza.studies.tolerances import Drawn, Spread

    rows = zip(_texts(group["key"]), group["deviation"][...].tolist(), _texts(group["given"]), strict=True)
    drawn = Drawn(group["drawn"][...], int(group.attrs["failed"])) if "drawn" in group else None
    return Spread([Tolerance(*row) for row in rows], group["part"][...], drawn)


def _texts(dataset: Any) -> list[str]:
    return list(dataset.asstr()[...])

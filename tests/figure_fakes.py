"""Solutions with exact fields for the tests of the pictures: the attributes of `Solution`, no solver."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kapitza.interfaces.law import Resistance
from kapitza.layout import Layout
from kapitza.materials.material import Material
from kapitza.model import Boundary, Geometry, Heat, Layer, Reservoir, Stack, Temperature


@dataclass
class Fake:
    """What the pictures read of a solution."""

    stack: Stack
    layout: Layout
    parts: list[tuple[str, np.ndarray, np.ndarray]] = field(default_factory=list)
    heat: float = 0.0
    total: float | None = None
    budget: Sequence[Mapping[str, Any]] = ()
    fields: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["fields"][name]
        except KeyError:
            raise AttributeError(name) from None

    def profile(self) -> Sequence[tuple[str, np.ndarray, np.ndarray]]:
        return self.parts

    def summary(self) -> dict[str, Any]:
        T = self.fields["temperature"]
        ends = [(name, float(T[0]), float(T[-1])) for name, _, T in self.parts]
        joints = [(f"{a}|{b}", below, above) for (a, _, below), (b, above, _) in itertools.pairwise(ends)]
        return {
            "geometry": self.stack.geometry.kind,
            "temperature": {"min": float(np.nanmin(T)), "max": float(np.nanmax(T))},
            "layers": [{"name": name, "bottom": first, "top": last} for name, first, last in ends],
            "interfaces": [
                {"name": name, "jump": below - above, "conductance": None if below == above else 1.0}
                for name, below, above in joints
            ],
            "boundaries": {"bottom": {"heat": self.heat}, "top": {"heat": -self.heat}},
            "resistance": {"total": self.total, "parts": list(self.budget)},
        }


def slab(
    layers: Sequence[tuple[str, float, float]],
    resistances: Sequence[float] | float,
    heat: float,
    top: float,
    *,
    area: float = 4e-4,
    film: float = 0.0,
    kind: str = "slab",
    title: str = "",
    unit: str = "K",
    cells: int = 12,
    start: float = 0.0,
) -> Fake:
    """Heat [W] up through ``layers`` (name, thickness, conductivity) to ``top`` [K].

    film : resistance [m^2 K/W] between the last face and the ambient
    """
    n = len(layers)
    joints = [resistances] * (n - 1) if isinstance(resistances, int | float) else list(resistances)
    materials = {(name, k): Material(name, k) for name, _, k in layers}
    law = {"top": Boundary(Reservoir(top, Resistance(film)) if film else Temperature(top))}
    stack = Stack(
        [Layer(name, materials[name, k], d) for name, d, k in layers]
        if len({name for name, _, _ in layers}) == n
        else [Layer(None, materials[name, k], d) for name, d, k in layers],
        geometry=Geometry(kind, area=area, start=start, inner_radius=start if kind != "slab" else 0.0),  # type: ignore[arg-type]
        boundaries=law | {"bottom": Boundary(Heat(heat))} if kind == "slab" else {},
        title=title,
        temperature_unit=unit,  # type: ignore[arg-type]
    )
    layout = Layout.of(stack)
    edges = layout.layer_edges
    flux = heat / area
    parts: list[tuple[str, np.ndarray, np.ndarray]] = []
    T = top + flux * film
    for i in reversed(range(n)):
        d = edges[i + 1] - edges[i]
        centres = edges[i] + (np.arange(cells) + 0.5) / cells * d
        z = np.concatenate([[edges[i]], centres, [edges[i + 1]]])
        values = T + flux * (edges[i + 1] - z) / layers[i][2]
        parts.insert(0, (layout.name(i), z, values))
        T = values[0] + (flux * joints[i - 1] if i else 0.0)
    temperature = np.concatenate([values[1:-1] for _, _, values in parts])
    span = float(parts[0][2][0]) - top
    drops = [(part[0], "layer", float(part[2][0] - part[2][-1])) for part in parts]
    for i in reversed(range(n - 1)):
        if joints[i]:
            drops.insert(i + 1, (f"{parts[i][0]}|{parts[i + 1][0]}", "interface", flux * joints[i]))
    drops += [("top", "boundary", flux * film)] if film else []
    budget = [
        {
            "name": name,
            "kind": kind,
            "value": drop / heat if heat else 0.0,
            "share": drop / span if heat else None,
        }
        for name, kind, drop in drops
    ]
    total = span / heat if heat else None
    return Fake(stack, layout, parts, heat, total, budget, {"temperature": temperature})


def cpu(**options: Any) -> Fake:
    """120 W through die, joint and sink: drops of 1.0, 36 and 7.6 K."""
    title = "120 W die, paste, aluminium sink"
    return slab(
        [("die", 0.5e-3, 148.0), ("sink", 6e-3, 237.0)], 1.2e-4, 120.0, 333.15,
        **({"title": title, "unit": "degC"} | options),
    )  # fmt: skip


def superlattice(n: int = 1000) -> Fake:
    """n layers of silicon and germanium, 10 nm each, with 3 m^2 K/GW between."""
    pair = [("silicon", 10e-9, 40.0), ("germanium", 10e-9, 25.0)]
    return slab([pair[i % 2] for i in range(n)], 3e-9, 4e3, 300.0, area=1e-6,
                title=f"Si/Ge superlattice, {n} layers", cells=3)  # fmt: skip

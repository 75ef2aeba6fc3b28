"""Stand-ins for a solution, with numbers that no physics ties together: what is written must be read."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np

from kapitza.model import Geometry


@dataclass(frozen=True)
class FakeStack:
    title: str
    temperature_unit: str
    geometry: Geometry
    ambient: dict[str, float] = field(default_factory=dict)

    def boundary(self, side: str) -> Any:
        known = {"ambient": self.ambient[side]} if side in self.ambient else {}
        return SimpleNamespace(condition=SimpleNamespace(**known))


@dataclass(frozen=True)
class FakeLayout:
    names: list[str]
    materials: list[str]
    layer_edges: np.ndarray

    @property
    def n_layers(self) -> int:
        return len(self.layer_edges) - 1

    @property
    def n_pieces(self) -> int:
        return len(self.names)

    def name(self, i: int) -> str:
        return self.names[i]

    def material(self, i: int) -> Any:
        return SimpleNamespace(name=self.materials[i])


@dataclass(frozen=True)
class FakeSolution:
    stack: Any
    layout: FakeLayout
    temperature: np.ndarray
    z: np.ndarray
    z_edges: np.ndarray
    heat_flux_z: np.ndarray
    piece: np.ndarray
    interfaces: dict[str, Any]
    boundaries: dict[str, Any]
    x: np.ndarray | None = None
    x_edges: np.ndarray | None = None
    heat_flux_x: np.ndarray | None = None
    source_text: str | None = 'title = "joint"\n'
    results: dict[str, Any] = field(default_factory=dict)
    time: float = 0.0
    liquid: np.ndarray | None = None
    history: Any = None

    @property
    def frames(self) -> list[Any]:
        return [self] if self.history is None else self.history.frames

    @property
    def pieces(self) -> Any:
        """Numbers for every piece that change with the temperature."""
        values = float(np.nanmean(self.temperature)) + np.arange(len(self.layout.names))
        return SimpleNamespace(least=values - 0.5, mean=values, most=values + 0.25)

    @property
    def piece_names(self) -> list[str]:
        return self.layout.names

    def profile(self) -> list[tuple[str, np.ndarray, np.ndarray]]:
        edges = self.layout.layer_edges
        parts = []
        for i in range(self.layout.n_layers):
            inside = self.piece == i
            z = np.concatenate([edges[i : i + 1], self.z[inside], edges[i + 1 : i + 2]])
            T = self.temperature[inside]
            parts.append((self.layout.name(i), z, np.concatenate([T[:1] + 0.25, T, T[-1:] - 0.125])))
        return parts

    def profile_values(self) -> np.ndarray:
        return np.concatenate([T for _, _, T in self.profile()])

    def layer_extent(self, i: int) -> tuple[Any, ...]:
        edges = self.layout.layer_edges
        across = (None, None) if self.x_edges is None else (self.x_edges[0], self.x_edges[-1])
        return (edges[i], edges[i + 1], *across)

    def summary(self) -> dict[str, Any]:
        return self.results


@dataclass(frozen=True)
class FakeInterface:
    name: str
    below: float
    above: float
    jump: float
    jump_max: float
    flux: float
    conductance: float | None
    area: np.ndarray
    below_values: np.ndarray
    above_values: np.ndarray
    jump_values: np.ndarray
    flux_values: np.ndarray
    z: np.ndarray
    x: np.ndarray | None
    vertical: np.ndarray


def interface(name: str, seed: int, faces: int = 1, **changes: Any) -> FakeInterface:
    """An interface result with ``faces`` faces."""
    rng = np.random.default_rng(seed)
    draw = rng.uniform(300.0, 390.0, (8, faces))
    plane = {"x": draw[7] * 1e-5, "vertical": rng.random(faces) > 0.5, "jump_max": float(draw[2].max())}
    line = {"x": None, "vertical": np.zeros(1, dtype=bool), "jump_max": float(draw[2, 0])}
    values = {
        "name": name,
        "below": float(draw[0].mean()),
        "above": float(draw[1].mean()),
        "jump": float(draw[2].mean()),
        "flux": float(draw[3].mean()),
        "conductance": 2.5e4 + seed,
        "area": draw[4] * 1e-6,
        "below_values": draw[0],
        "above_values": draw[1],
        "jump_values": draw[2],
        "flux_values": draw[3],
        "z": draw[6] * 1e-6,
        **(line if faces == 1 else plane),
    }
    return FakeInterface(**{**values, **changes})


def boundary(name: str, seed: int, faces: int = 1) -> Any:
    """A boundary result with ``faces`` faces."""
    rng = np.random.default_rng(seed)
    draw = rng.uniform(290.0, 390.0, (4, faces))
    return SimpleNamespace(
        name=name,
        heat=float(draw[0].sum()),
        temperature=float(draw[2].mean()) if faces else None,
        area=draw[1] * 1e-6,
        temperature_values=draw[2],
        flux_values=draw[3] * 1e3,
        along=np.stack([draw[1], draw[2]], axis=1) * 1e-5,
    )


def line(
    names: tuple[str, ...] = ("die", "paste", "sink"), cells: int = 3, kind: str = "slab", **changes: Any
) -> FakeSolution:
    """A 1-D solution with layers ``names`` of ``cells`` cells each."""
    rng = np.random.default_rng(7)
    n = len(names)
    edges = 0.02 + np.cumsum(np.concatenate([[0.0], rng.uniform(1e-4, 6e-3, n)]))
    z_edges = np.concatenate(
        [np.linspace(edges[i], edges[i + 1], cells + 1)[:-1] for i in range(n)] + [edges[-1:]]
    )
    pairs = [f"{a}|{b}" for a, b in itertools.pairwise(names)]
    values = {
        "stack": FakeStack(
            "joint – 1-D",
            "degC",
            Geometry(kind, area=4e-4, inner_radius=0.02, length=0.3, start=0.02),
            {"top": 297.5},
        ),
        "layout": FakeLayout(list(names), [f"{name} stuff" for name in names], edges),
        "temperature": rng.uniform(300.0, 400.0, n * cells),
        "z": 0.5 * (z_edges[:-1] + z_edges[1:]),
        "z_edges": z_edges,
        "heat_flux_z": rng.uniform(1e4, 2e4, n * cells),
        "piece": np.repeat(np.arange(n, dtype=np.int32), cells),
        "interfaces": {pair: interface(pair, i + 2) for i, pair in enumerate(pairs)},
        "boundaries": {"bottom": boundary("bottom", 21), "top": boundary("top", 22)},
        "results": {
            "status": "ok",
            "title": "joint – 1-D",
            "warnings": ["a remark"],
            "timing": {"solve": 0.5},
        },
    }
    return FakeSolution(**{**values, **changes})


def plane(nz: int = 4, nx: int = 5, kind: str = "plane", **changes: Any) -> FakeSolution:
    """A 2-D solution of two layers, a region and a void corner."""
    rng = np.random.default_rng(11)
    names = ["die", "sink", "bump"]
    z_edges = np.concatenate([[0.0], np.cumsum(rng.uniform(1e-4, 2e-3, nz))])
    x_edges = np.concatenate([[0.0], np.cumsum(rng.uniform(1e-3, 3e-3, nx))])
    piece = np.repeat((np.arange(nz) >= nz // 2).astype(np.int32)[:, None], nx, axis=1)
    piece[0, 1], piece[-1, -1] = 2, -1
    temperature = np.where(piece < 0, np.nan, rng.uniform(300.0, 400.0, (nz, nx)))
    geometry = Geometry(kind, depth=0.7, inner_radius=0.0, x=(float(x_edges[0]), float(x_edges[-1])))
    values = {
        "stack": FakeStack("bump", "K", geometry, {"top": 298.15}),
        "layout": FakeLayout(names, ["silicon", "aluminium", "copper"], z_edges[[0, nz // 2, nz]]),
        "temperature": temperature,
        "z": 0.5 * (z_edges[:-1] + z_edges[1:]),
        "z_edges": z_edges,
        "x": 0.5 * (x_edges[:-1] + x_edges[1:]),
        "x_edges": x_edges,
        "heat_flux_z": rng.uniform(1e4, 2e4, (nz, nx)),
        "heat_flux_x": rng.uniform(-1e4, 1e4, (nz, nx)),
        "piece": piece,
        "interfaces": {
            "die|sink": interface("die|sink", 3, nx),
            "die|bump": interface("die|bump", 4, 3, conductance=None),
        },
        "boundaries": {
            "bottom": boundary("bottom", 23, nx),
            "top": boundary("top", 24, nx - 1),
            "left": boundary("left", 25, nz),
            "right": boundary("right", 26, nz - 1),
        },
        "results": {"status": "ok", "title": "bump", "warnings": [], "timing": {"solve": 0.25}},
    }
    return FakeSolution(**{**values, **changes})

"""What a person describes: layers, regions, interfaces, sources, boundaries. SI numbers, no units, no files.

A ``Stack`` is frozen data. `layout` counts and names its pieces, `mesh` cuts it into cells,
`assemble` turns both into conductances. Coordinates: ``z`` (or the radius of a cylinder or sphere) runs
through the layers in the order in which they are listed; ``x`` (the radius, when axisymmetric) is lateral.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal, cast

from kapitza import checks
from kapitza.bychannel import ByChannel
from kapitza.conditions import Adiabatic as Adiabatic
from kapitza.conditions import Boundary as Boundary
from kapitza.conditions import Condition as Condition
from kapitza.conditions import Heat as Heat
from kapitza.conditions import HeatFlux as HeatFlux
from kapitza.conditions import Patch as Patch
from kapitza.conditions import PerChannel as PerChannel
from kapitza.conditions import Periodic as Periodic
from kapitza.conditions import Reservoir as Reservoir
from kapitza.conditions import Span as Span
from kapitza.conditions import Temperature as Temperature
from kapitza.conditions import apart
from kapitza.interfaces.law import Law, Perfect
from kapitza.interfaces.pair import PairLaw
from kapitza.laws.temperature import TemperatureLaw
from kapitza.laws.time import TimeLaw
from kapitza.materials.material import Material

Kind = Literal["slab", "cylinder", "sphere", "plane", "axisymmetric"]


ONE_DIMENSIONAL = ("slab", "cylinder", "sphere")

Heats = float | TimeLaw | ByChannel[float | TimeLaw]
HeatDensities = float | TemperatureLaw | TimeLaw | ByChannel[float | TimeLaw]


@dataclass(frozen=True)
class Geometry:
    """Shape of the domain.

    kind : "slab", "cylinder", "sphere" (1-D), "plane", "axisymmetric" (2-D)
    area : cross-section of a slab [m^2]
    inner_radius : first radius of cylinder, sphere or axisymmetric domain [m]
    length : length of the cylinder [m]
    x : lateral extent of a plane, (first, last); of an axisymmetric domain (inner_radius, radius) [m]
    depth : out-of-plane depth of a plane [m]
    start : z of the first face of the first layer [m] (slab, plane, axisymmetric)
    fill : material where neither layer nor region is; None: void, adiabatic (2-D)
    """

    kind: Kind
    area: float = 1.0
    inner_radius: float = 0.0
    length: float = 1.0
    x: Span | None = None
    depth: float = 1.0
    start: float = 0.0
    fill: Material | None = None

    def __post_init__(self) -> None:
        checks.must(
            self.kind in SIDES, f"geometry.kind: {self.kind!r} is not known; one of {', '.join(SIDES)}"
        )
        checks.positive(self.area, "geometry.area")
        checks.positive(self.length, "geometry.length")
        checks.positive(self.depth, "geometry.depth")
        checks.finite(self.start, "geometry.start")
        checks.must(
            self.inner_radius >= 0, f"geometry.inner_radius: {self.inner_radius!r} must not be below zero"
        )
        checks.ordered(self.x, "geometry.x")
        checks.must(
            self.x is not None or not self.two_dimensional,
            f"geometry: a {self.kind} domain needs its lateral extent x",
        )
        radial = self.kind == "axisymmetric" and self.x is not None
        checks.must(not radial or (self.x or (0,))[0] >= 0, "geometry.x: a radius must not be below zero")

    @property
    def two_dimensional(self) -> bool:
        return self.kind not in ONE_DIMENSIONAL

    @property
    def axis(self) -> str:
        """Name of the coordinate through the layers: "r" for cylinder and sphere, else "z"."""
        return "r" if self.kind in ("cylinder", "sphere") else "z"

    @property
    def lateral(self) -> str:
        """Name of the lateral coordinate of a 2-D domain: "x" or "r"."""
        return "r" if self.kind == "axisymmetric" else "x"


@dataclass(frozen=True)
class Layer:
    """One layer. ``heat`` [W] is the total over the layer, spread evenly, or a function of time; or ``heat_density``
    [W/m^3], a number or a function of time or of temperature.

    thickness [m]; cells: number of cells across it (None: the mesh decides);
    x: lateral extent in 2-D [m] (axisymmetric: (inner, outer) radius), None: the whole width;
    initial: start of a transient [K] where it differs from the rest's, `SolveOptions.initial`.
    With `Stack.channels`, heats and ``initial`` may be `ByChannel`.
    """

    name: str | None
    material: Material
    thickness: float
    heat: Heats = 0.0
    heat_density: HeatDensities = 0.0
    cells: int | None = None
    x: Span | None = None
    initial: float | ByChannel[float] | None = None

    def __post_init__(self) -> None:
        what = f"layers.{self.name}" if self.name else "layers"
        starts = self.initial if isinstance(self.initial, ByChannel) else (("", self.initial),)
        for name, start in starts:
            if start is not None:
                checks.above_zero_kelvin(start, f"{what}.initial{'.' if name else ''}{name}")
        material: object = self.material
        if not isinstance(material, Material):  # its text is long, and made only for the error
            checks.must(False, f"{what}.material: {material!r} is no Material; kp.material(name)")
        checks.positive(self.thickness, f"{what}.thickness")
        checks.heat(self.heat, self.heat_density, what)
        whole = self.cells is None or (isinstance(self.cells, int) and self.cells >= 1)
        checks.must(whole, f"{what}.cells: {self.cells!r} must be a whole number, at least 1")
        checks.ordered(self.x, f"{what}.x")


@dataclass(frozen=True)
class Group:
    """Layers repeated ``repeat`` times, upwards; groups may hold groups."""

    repeat: int
    layers: tuple[Layer | Group, ...]

    def __post_init__(self) -> None:
        checks.must(self.repeat >= 1, f"layers: repeat = {self.repeat}; a group is repeated at least once")
        checks.must(len(self.layers) > 0, "layers: a group needs at least one layer")


def leaves(layers: Iterable[Layer | Group]) -> Iterator[Layer]:
    """Every layer as described, repetitions once."""
    for item in layers:
        if isinstance(item, Group):
            yield from leaves(item.layers)
        else:
            yield item


@dataclass(frozen=True)
class Rectangle:
    """Axis-parallel rectangle, ``x`` and ``z`` absolute [m]; None: the whole extent."""

    x: Span | None = None
    z: Span | None = None

    def __post_init__(self) -> None:
        checks.ordered(self.x, "regions.x")
        checks.ordered(self.z, "regions.z")


@dataclass(frozen=True)
class Circle:
    """Disc about ``center`` (x, z), absolute [m]; axisymmetric, (r, z): a ring, or a sphere where r is 0.

    Cells whose centre lies inside bear the region; `kapitza.assemble.curved` gives the edge its true place and slope.
    """

    center: tuple[float, float]
    radius: float

    def __post_init__(self) -> None:
        for value in self.center:
            checks.finite(value, "regions.center")
        checks.positive(self.radius, "regions.radius")


@dataclass(frozen=True)
class Region:
    """A shape painted over the layers, 2-D; later regions win. ``heat`` [W] total or ``heat_density`` [W/m^3]."""

    name: str
    material: Material
    shape: Rectangle | Circle
    heat: float | TimeLaw = 0.0
    heat_density: float | TemperatureLaw | TimeLaw = 0.0

    def __post_init__(self) -> None:
        checks.heat(self.heat, self.heat_density, f"regions.{self.name}")


@dataclass(frozen=True)
class Interface:
    """What happens where two pieces meet. ``between``: names (an index in brackets narrows a name to one
    repetition); or ``materials``: names of materials. Exactly one of the two; the first is "below". ``law``: q from
    below to above; or a `PairLaw` of the two materials, where the entry holds for several pairs.
    ``electrical_resistance`` [ohm m^2] of the contact, for a `Stack.thermoelectric`."""

    law: Law | PairLaw
    between: tuple[str, str] | None = None
    materials: tuple[str, str] | None = None
    electrical_resistance: float = 0.0

    def __post_init__(self) -> None:
        law = isinstance(self.law, Law | PairLaw)
        checks.must(law, f"interfaces: {self.law!r} is no law; kp.Resistance(R), kp.Conductance(G), …")
        both = (self.between is None) == (self.materials is None)
        checks.must(not both, "interfaces: give either between (two names) or materials (two materials)")
        checks.finite(self.electrical_resistance, "interfaces.electrical_resistance")
        wrong = self.electrical_resistance < 0.0
        checks.must(not wrong, "interfaces.electrical_resistance: must not be below zero")


@dataclass(frozen=True)
class Source:
    """Heat [W] or heat density [W/m^3] over a part of a layer or region (``piece``), within x and z (absolute, m)."""

    name: str
    piece: str
    heat: Heats = 0.0
    heat_density: HeatDensities = 0.0
    x: Span | None = None
    z: Span | None = None

    def __post_init__(self) -> None:
        checks.heat(self.heat, self.heat_density, f"sources.{self.name}")
        checks.ordered(self.x, f"sources.{self.name}.x")
        checks.ordered(self.z, f"sources.{self.name}.z")


@dataclass(frozen=True)
class SheetSource:
    """Heat in the plane of an interface: ``heat_flux`` [W/m^2] or ``heat`` [W] total, given to one side; numbers or
    functions of time (a laser pulse: `kapitza.laws.time.flash`)."""

    name: str
    between: tuple[str, str]
    heat_flux: Heats = 0.0
    heat: Heats = 0.0
    side: Literal["below", "above", "split"] = "below"
    x: Span | None = None

    def __post_init__(self) -> None:
        checks.timed(self.heat_flux, f"sources.{self.name}.heat_flux")
        checks.timed(self.heat, f"sources.{self.name}.heat")
        checks.ordered(self.x, f"sources.{self.name}.x")


@dataclass(frozen=True)
class PieceProbe:
    """Temperature of a layer or region: at its bottom or top, mean, or max."""

    name: str
    piece: str
    side: Literal["bottom", "top", "mean", "max"] = "max"
    channel: str | None = None


@dataclass(frozen=True)
class PointProbe:
    """Reconstructed temperature at a point; ``piece`` names the side meant where several meet."""

    name: str
    z: float
    x: float | None = None
    piece: str | None = None
    channel: str | None = None


@dataclass(frozen=True)
class BoundaryProbe:
    """Surface temperature of a boundary: mean over a range of x (or all of it), or at one x."""

    name: str
    boundary: str
    x: Span | float | None = None
    channel: str | None = None


@dataclass(frozen=True)
class InterfaceProbe:
    """Side temperature [K], jump [K] or flux [W/m^2] of an interface; 2-D: mean over x, or at one x."""

    name: str
    between: tuple[str, str]
    side: Literal["below", "above", "jump", "flux"] = "jump"
    x: Span | float | None = None
    channel: str | None = None


Probe = PieceProbe | PointProbe | BoundaryProbe | InterfaceProbe


@dataclass(frozen=True)
class MeshOptions:
    """How finely to cut. ``x``, ``z``: totals of a 2-D mesh; None: the mesh decides. ``grading``: "uniform", or
    "refine" towards interfaces, sources and edges; None: refined in a transient, else uniform."""

    cells_per_layer: int | None = None
    x: int | None = None
    z: int | None = None
    grading: Literal["uniform", "refine"] | None = None

    def __post_init__(self) -> None:
        for name in ("cells_per_layer", "x", "z"):
            value = getattr(self, name)
            checks.must(value is None or value >= 1, f"mesh.{name}: {value!r} must be at least 1")


@dataclass(frozen=True)
class SolveOptions:
    """``tolerance`` relative; ``initial`` [K] where nothing else fixes a temperature, and the start of a transient
    ("steady": the steady state of the powers at t = 0); ``method`` names a linear solver; ``properties_at`` [K]
    freezes temperature-dependent properties; ``repeated``: the stack is one of many alike, so that a solver which
    takes long to load pays."""

    tolerance: float = 1e-10
    initial: float | Literal["steady"] | None = None
    method: str = "auto"
    properties_at: float | None = None
    repeated: bool = False


@dataclass(frozen=True)
class TransientOptions:
    """A run in time from 0 to ``until`` [s].

    times : instants [s] that are hit exactly and saved · save, spacing : instead, that many, evenly or by their
    logarithm · tolerance : local error, relative to the range of temperatures
    method : "auto", "tr-bdf2", "bdf2" or "backward-euler" · checkpoint : wall-clock interval [s], None: none
    """

    until: float
    times: tuple[float, ...] | None = None
    save: int | None = None
    spacing: Literal["linear", "log"] = "linear"
    tolerance: float = 1e-4
    method: Literal["auto", "tr-bdf2", "bdf2", "backward-euler"] = "auto"
    checkpoint: float | None = None

    def __post_init__(self) -> None:
        checks.positive(self.until, "transient.until")
        checks.positive(self.tolerance, "transient.tolerance")
        checks.must(self.tolerance < 1.0, f"transient.tolerance: {self.tolerance:g} must lie below 1")
        checks.must(self.times is None or self.save is None, "transient: give either times or save")
        checks.must(self.save is None or self.save >= 1, f"transient.save: {self.save!r} must be at least 1")
        known = self.method in ("auto", "tr-bdf2", "bdf2", "backward-euler")
        checks.must(known, f"transient.method: {self.method!r}; known: auto, tr-bdf2, bdf2, backward-euler")
        for i, time in enumerate(self.times or ()):
            checks.finite(time, f"transient.times.{i}")
            inside = 0.0 <= time <= self.until * (1.0 + 1e-12)
            checks.must(
                inside, f"transient.times.{i}: {time:g} s is not between 0 and until, {self.until:g} s"
            )
        rising = all(a < b for a, b in pairwise(self.times or ()))
        checks.must(rising, "transient.times: times must rise, and none be given twice")
        if self.checkpoint is not None:
            checks.positive(self.checkpoint, "transient.checkpoint")


@dataclass(frozen=True)
class FrequencyOptions:
    """Periodic heating at ``count`` frequencies from ``low`` to ``high`` [Hz], evenly by their logarithm."""

    low: float
    high: float
    count: int

    def __post_init__(self) -> None:
        checks.positive(self.low, "frequency.from")
        checks.positive(self.high, "frequency.to")
        checks.must(self.count >= 1, f"frequency.count: {self.count!r} must be at least 1")
        checks.must(
            self.low < self.high or (self.low == self.high and self.count == 1),
            f"frequency: from {self.low:g} to {self.high:g} Hz is no range; give the smaller value first",
        )


@dataclass(frozen=True)
class ZthOptions:
    """Thermal impedance: the response at ``probe`` (its name) to 1 W of ``source``, the name of a layer with heat, of a
    source, or a boundary with heat (None: the only one there is). ``first`` [s]: earliest time, None: 1 us or the
    fastest time of the case; ``points``: per decade."""

    source: str | None = None
    probe: str | None = None
    first: float | None = None
    points: int = 20


@dataclass(frozen=True)
class ThermoelectricOptions:
    """A ``current`` [A] from the first layer that conducts to the last; or a ``load`` [ohm] that the leg feeds: "best"
    for the greatest efficiency, "power" for most power."""

    current: float | None = None
    load: float | Literal["best", "power"] | None = None

    def __post_init__(self) -> None:
        one = (self.current is None) != (self.load is None)
        checks.must(one, "thermoelectric: give either current or load")
        if self.current is not None:
            checks.finite(self.current, "thermoelectric.current")
        if isinstance(self.load, str):
            checks.must(
                self.load in ("best", "power"), f'thermoelectric.load: {self.load!r}; "best" or "power"'
            )
        elif self.load is not None:
            checks.finite(self.load, "thermoelectric.load")
            checks.must(self.load >= 0.0, "thermoelectric.load: must not be below zero")


SIDES: Mapping[str, tuple[str, ...]] = {
    "slab": ("bottom", "top"),
    "cylinder": ("inner", "outer"),
    "sphere": ("inner", "outer"),
    "plane": ("bottom", "top", "left", "right"),
    "axisymmetric": ("bottom", "top", "inner", "outer"),
}


@dataclass(frozen=True)
class Stack:
    """A complete problem in SI numbers. Validated when `kapitza.layout` expands it.

    channels : names of the temperatures at each place, where there are several (`kapitza.channels`)
    """

    layers: Sequence[Layer | Group]
    geometry: Geometry = field(default_factory=lambda: Geometry("slab"))
    regions: Sequence[Region] = ()
    interfaces: Sequence[Interface] = ()
    sources: Sequence[Source | SheetSource] = ()
    boundaries: Mapping[str, Boundary] = field(default_factory=dict)
    probes: Sequence[Probe] = ()
    mesh: MeshOptions = field(default_factory=MeshOptions)
    solve: SolveOptions = field(default_factory=SolveOptions)
    transient: TransientOptions | None = None
    frequency: FrequencyOptions | None = None
    zth: ZthOptions | None = None
    channels: tuple[str, ...] = ()
    thermoelectric: ThermoelectricOptions | None = None
    title: str = ""
    temperature_unit: Literal["K", "degC"] = "K"

    def __post_init__(self) -> None:
        checks.must(isinstance(self.geometry, Geometry), f"geometry: {self.geometry!r} is no Geometry")
        checks.must(len(self.layers) > 0, "layers: a stack needs at least one layer")
        for one in cast(Sequence[object], self.layers):
            checks.must(isinstance(one, Layer | Group), f"layers: {one!r} is neither a Layer nor a Group")
        for entry in self.interfaces:
            checks.must(
                isinstance(entry, Interface), f"interfaces: {entry!r} is no Interface(law, between=…)"
            )
        sides = SIDES[self.geometry.kind]
        for side, boundary in self.boundaries.items():
            checks.must(
                isinstance(boundary, Boundary), f"boundary.{side}: {boundary!r} is no Boundary(condition)"
            )
            checks.must(
                side in sides, f"boundary.{side}: a {self.geometry.kind} has the sides {', '.join(sides)}"
            )
            flat = self.geometry.two_dimensional
            checks.must(
                flat or not boundary.patches, f"boundary.{side}.patches: only a 2-D boundary has parts"
            )
            apart(side, boundary.patches)
        if self.thermoelectric is not None:
            checks.must(self.geometry.kind == "slab", "thermoelectric: the geometry must be a slab")
            steady = self.transient is None and self.frequency is None and not self.channels
            checks.must(steady, "thermoelectric: is for a steady state with one temperature at each place")
        checks.must(
            self.geometry.two_dimensional or not self.regions,
            "regions: only a plane or axisymmetric domain has them",
        )

    def boundary(self, side: str) -> Boundary:
        """The boundary on ``side``; adiabatic where nothing is given."""
        return self.boundaries.get(side, Boundary())

    def repeated(self) -> Stack:
        """The same, as one of many (`SolveOptions`)."""
        return replace(self, solve=replace(self.solve, repeated=True))


PERFECT = Perfect()

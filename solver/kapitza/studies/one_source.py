"""A stack with one of its heats left: everything else is switched off, for the answer to one source alone.

Where conduction is linear, temperatures of several heats add up, so only rises count: all boundaries have one
temperature, at which properties and laws are taken too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from kapitza import properties
from kapitza.bychannel import ByChannel
from kapitza.errors import InputError
from kapitza.laws.temperature import TemperatureLaw
from kapitza.laws.time import TimeLaw, number
from kapitza.layout import Layout, nearest
from kapitza.model import (
    Adiabatic,
    Boundary,
    BoundaryProbe,
    Condition,
    Group,
    Heat,
    HeatFlux,
    InterfaceProbe,
    Layer,
    Patch,
    PieceProbe,
    Probe,
    Region,
    Reservoir,
    SheetSource,
    Source,
    Stack,
    Temperature,
    leaves,
)
from kapitza.newton.linearised import linearised

SOURCE = "source"


@dataclass(frozen=True)
class OneSource:
    """stack : linear, with one heat · cold : the same without · temperature : of everything else [K]
    source : its name · side : the boundary that is heated, None: it lies inside
    probe : where the rise is seen
    narrow : the heat begins or ends inside a piece, or at a surface: early on it is confined to a few cells
    notes : what was left out or taken at this temperature"""

    stack: Stack
    cold: Stack
    temperature: float
    source: str
    side: str | None
    probe: Probe
    narrow: bool
    notes: tuple[str, ...]


def alone(stack: Stack, source: str | None, probe: str | None) -> OneSource:
    """``stack`` with the heat named ``source`` alone (None: the only one), seen at ``probe`` (None: the only one).

    A source is an entry of the sources, a layer or region, or a boundary that has a heat. Without any probe the
    source itself is looked at: the mean of the surface that is heated, or of the layer or region; the hottest place of
    a layer that is heated in part.

    Raises InputError where nothing, or more than one thing, has the name or could be meant.
    """
    name = source if source is not None else _only(sources(stack), "source", "--source")
    found = _probe(stack, probe)
    T, label = properties.reference_temperature(stack)
    notes = _taken(stack, T, label)
    quiet = _quiet(stack, T)
    side = None
    piece: str | None = name
    given = next((item for item in stack.sources if item.name == name), None)
    if given is not None:
        heated = replace(quiet, sources=(_unit(given),))
        piece = given.piece if isinstance(given, Source) else None
        if found is None and isinstance(given, SheetSource):
            found = InterfaceProbe(
                name, given.between, "above" if given.side == "above" else "below", given.x
            )
    elif name in _pieces(stack):
        heated = replace(quiet, sources=(Source(SOURCE, name, heat=1.0),))
    elif name in stack.boundaries and _heats(stack.boundaries[name]):
        side = name
        sides = dict(quiet.boundaries) | {name: _driven(stack.boundaries[name], quiet.boundaries[name])}
        heated = replace(quiet, boundaries=sides)
        found = _surface(name, stack.boundaries[name]) if found is None else found
    else:
        known = nearest(name, _known(stack))
        raise InputError(
            f"zth.source: no layer, region, source or heated boundary is named {name!r}; {known}"
        )
    if found is None:
        assert piece is not None
        part = isinstance(given, Source) and not (given.x is None and given.z is None)
        found = PieceProbe(f"hottest of {piece}", piece) if part else PieceProbe(name, piece, "mean")
    heated = replace(heated, probes=(found,))
    linear, cold = (linearised(Layout.of(one), T).stack for one in (heated, quiet))
    inside = isinstance(given, Source) and given.x is None and given.z is None
    narrow = not (inside or (given is None and side is None))
    return OneSource(linear, cold, T, name, side, found, narrow, notes)


def sources(stack: Stack) -> list[str]:
    """Names of all that has a heat, for whoever must choose one."""
    found = [source.name for source in stack.sources]
    layout = Layout.of(stack)
    found += [layout.bases[i] for i, layer in enumerate(layout.kinds) if _has_heat(layer)]
    found += [region.name for region in stack.regions if _has_heat(region)]
    return [*found, *(side for side, boundary in stack.boundaries.items() if _heats(boundary))]


def probes(stack: Stack) -> list[str]:
    """Names of the probes that show a temperature."""
    return [probe.name for probe in stack.probes if not _difference(probe)]


def _only(names: list[str], what: str, option: str) -> str:
    if not names:
        raise InputError(f"zth.{what}: nothing in the case has a heat; give a layer or a boundary one")
    if len(names) > 1:
        raise InputError(
            f"zth.{what}: the case has {len(names)}: {', '.join(names)}; name one with {option}, or in [zth]"
        )
    return names[0]


def _probe(stack: Stack, name: str | None) -> Probe | None:
    if name is None:
        names = probes(stack)
        if not names:
            return None
        name = _only(names, "probe", "--probe")
    for probe in stack.probes:
        if probe.name != name:
            continue
        if _difference(probe):
            raise InputError(
                f"zth.probe: {name!r} shows a jump or a flux, no temperature; choose a probe of a temperature: "
                f"{', '.join(probes(stack)) or 'there is none, add one'}"
            )
        return probe
    known = nearest(name, probes(stack)) if stack.probes else "the case has no probes; add [[probes]]"
    raise InputError(f"zth.probe: no probe is named {name!r}; {known}")


def _difference(probe: Probe) -> bool:
    return isinstance(probe, InterfaceProbe) and probe.side in ("jump", "flux")


def _has_heat(item: Layer | Region) -> bool:
    density = item.heat_density
    return isinstance(density, TemperatureLaw) or any(_value(h) != 0.0 for h in (item.heat, density))


def _heats(boundary: Boundary) -> bool:
    conditions = [boundary.condition, *(patch.condition for patch in boundary.patches)]
    return any(isinstance(condition, Heat | HeatFlux) for condition in conditions)


def _surface(side: str, boundary: Boundary) -> BoundaryProbe:
    """The mean over what is heated of a boundary: one patch, or all of it."""
    heated = [patch.along for patch in boundary.patches if isinstance(patch.condition, Heat | HeatFlux)]
    alone = len(heated) == 1 and not isinstance(boundary.condition, Heat | HeatFlux)
    return BoundaryProbe(side, side, heated[0] if alone else None)


def _value(given: float | TimeLaw | ByChannel[float | TimeLaw]) -> float:
    """A heat as a number: of a function of time the largest."""
    return given.peak if isinstance(given, TimeLaw) else number(given)


def _pieces(stack: Stack) -> list[str]:
    layout = Layout.of(stack)
    return list(dict.fromkeys([*layout.kind_bases, *(layout.name(i) for i in range(layout.n_layers))]))


def _known(stack: Stack) -> list[str]:
    return list(dict.fromkeys([*sources(stack), *_pieces(stack)]))


# Switching off ----------------------------------------------------------------------------------------------------


def _quiet(stack: Stack, T: float) -> Stack:
    """The stack without heats, all around it at T [K]."""

    def layer(item: Layer | Group) -> Layer | Group:
        if isinstance(item, Group):
            return Group(item.repeat, tuple(layer(one) for one in item.layers))
        return replace(item, heat=0.0, heat_density=0.0, initial=None)

    boundaries = {
        side: Boundary(
            _held(one.condition, T), tuple(Patch(p.along, _held(p.condition, T)) for p in one.patches)
        )
        for side, one in stack.boundaries.items()
    }
    return replace(
        stack,
        layers=tuple(layer(item) for item in stack.layers),
        regions=tuple(replace(region, heat=0.0, heat_density=0.0) for region in stack.regions),
        sources=(),
        boundaries=boundaries,
        probes=(),
        solve=replace(stack.solve, properties_at=T, initial=T),
        transient=None,
        frequency=None,
        zth=None,
    )


def _held(condition: Condition, T: float) -> Condition:
    match condition:
        case Temperature():
            return Temperature(T)
        case Reservoir():
            return replace(condition, ambient=T)
        case Heat() | HeatFlux():
            return Adiabatic()
    return condition


def _driven(given: Boundary, quiet: Boundary) -> Boundary:
    """Heats of a boundary in their proportions, everything else quiet."""

    def one(condition: Condition, still: Condition) -> Condition:
        match condition:
            case Heat(heat):
                return Heat(_value(heat) or 1.0)
            case HeatFlux(flux):
                return HeatFlux(_value(flux) or 1.0)
        return still

    patches = [
        Patch(p.along, one(p.condition, q.condition))
        for p, q in zip(given.patches, quiet.patches, strict=True)
    ]
    return Boundary(one(given.condition, quiet.condition), tuple(patches))


def _unit(source: Source | SheetSource) -> Source | SheetSource:
    if isinstance(source, SheetSource):
        return replace(source, heat=1.0, heat_flux=0.0)
    return replace(source, heat=1.0, heat_density=0.0)


def _taken(stack: Stack, T: float, label: str) -> tuple[str, ...]:
    """What varies, and at which temperature it was taken."""
    notes = []
    layout = Layout.of(stack)
    capacities = [material.heat_capacity_law for material in layout.kind_materials]
    laws = [entry.law for entry in stack.interfaces]
    for boundary in stack.boundaries.values():
        conditions = [boundary.condition, *(patch.condition for patch in boundary.patches)]
        laws += [condition.law for condition in conditions if isinstance(condition, Reservoir)]
    varying = [
        what
        for what, varies in (
            ("conductivities", bool(properties.varying(layout))),
            ("heat capacities", any(law is not None and not law.constant for law in capacities)),
            ("laws of interfaces and boundaries", not all(law.linear for law in laws)),
        )
        if varies
    ]
    if varying:
        notes.append(
            f"linearised: {', '.join(varying)} at {T:g} K ({label}); [solve] properties_at sets another temperature"
        )
    if any(isinstance(layer.heat_density, TemperatureLaw) for layer in leaves(stack.layers)):
        notes.append("heat that depends on temperature counts as a constant one")
    if any(material.latent_heat for material in layout.kind_materials):
        notes.append("nothing melts: latent heat is left out")
    return tuple(notes)

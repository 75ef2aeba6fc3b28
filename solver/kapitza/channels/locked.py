"""The stack with all channels of a place at one temperature: what says where things are, and what it would be with a
coupling without limit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from kapitza.bychannel import SIGN, ByChannel, pair
from kapitza.errors import InputError
from kapitza.interfaces.channels import ChannelLaw
from kapitza.interfaces.law import Conductance
from kapitza.laws.temperature import TemperatureLaw
from kapitza.laws.time import at_start
from kapitza.layout import nearest
from kapitza.materials.material import Material
from kapitza.model import (
    Adiabatic,
    Boundary,
    Condition,
    Group,
    Layer,
    PerChannel,
    Reservoir,
    SheetSource,
    Source,
    Stack,
    Temperature,
    leaves,
)

CELLS = 100  # of a layer in a steady case: what decays near the contacts is to be seen


def locked(stack: Stack) -> Stack:
    """One temperature per place: heats of the channels added up, conditions by their means, at t = 0.

    Raises InputError for everything that does not fit `Stack.channels`.
    """
    check(stack)
    mesh = stack.mesh
    if mesh.grading is None:
        mesh = replace(mesh, grading="refine")
    if mesh.cells_per_layer is None and stack.transient is None:
        mesh = replace(mesh, cells_per_layer=CELLS)
    return replace(
        stack,
        channels=(),
        mesh=mesh,
        layers=tuple(_layer(item) for item in stack.layers),
        sources=tuple(_plain(source) for source in stack.sources),
        boundaries={
            side: Boundary(_condition(b.condition), b.patches) for side, b in stack.boundaries.items()
        },
    )


def _layer(item: Layer | Group) -> Layer | Group:
    if isinstance(item, Group):
        return Group(item.repeat, tuple(_layer(inner) for inner in item.layers))
    start = item.initial
    if isinstance(start, ByChannel):
        start = max(value for _, value in start)
    plain: Layer = replace(_plain(item), initial=start)
    return plain


def _plain(item: Any) -> Any:
    """Heats as numbers."""
    changed = {}
    for key in ("heat", "heat_density", "heat_flux"):
        value = getattr(item, key, None)
        if isinstance(value, ByChannel):
            changed[key] = sum(at_start(own) for _, own in value)
        elif value is not None and not isinstance(value, TemperatureLaw):
            changed[key] = at_start(value)
    return replace(item, **changed)


def _condition(condition: Condition) -> Condition:
    if not isinstance(condition, PerChannel):
        return _held(condition)
    parts = [own for _, own in condition.conditions]
    tied = [own for own in parts if isinstance(own, Reservoir)]
    held = [own for own in parts if isinstance(own, Temperature)]
    if tied and len(tied) == len(parts):
        ambient = sum(at_start(own.ambient) for own in tied) / len(tied)
        return Reservoir(ambient, ChannelLaw(ByChannel.of(dict(condition.conditions)).map(_law_of)))
    if held:
        return Temperature(sum(at_start(own.temperature) for own in held) / len(held))
    return Adiabatic()


def _law_of(condition: Condition) -> Any:
    return condition.law if isinstance(condition, Reservoir) else Conductance(0.0)


def _held(condition: Condition) -> Condition:
    if isinstance(condition, Temperature):
        return Temperature(at_start(condition.temperature))
    if isinstance(condition, Reservoir):
        return Reservoir(at_start(condition.ambient), condition.law)
    return Adiabatic()


# What must fit --------------------------------------------------------------------------------------------


def check(stack: Stack) -> None:
    """Raise InputError with all that channels cannot be, or that does not name them rightly."""
    found = list(_problems(stack))
    if found:
        raise InputError("\n".join(dict.fromkeys(found)))


def _problems(stack: Stack) -> Iterable[str]:
    names = stack.channels
    if len(names) < 2 or len(set(names)) < len(names):
        yield f"channels.names: {', '.join(names)}: give two names at least, each once"
        return
    if stack.geometry.two_dimensional:
        yield f"channels: several temperatures per place are known in one dimension; not in a {stack.geometry.kind}"
        return
    for what, given in (("frequency", stack.frequency), ("zth", stack.zth)):
        if given is not None:
            yield f"{what}: not with [channels]; steady states and [transient] know several temperatures"
    for layer in leaves(stack.layers):
        where = f"layers.{layer.name or layer.material.name}"
        yield from _material(stack, layer.material)
        for key in ("heat", "heat_density", "initial"):
            yield from _keys(getattr(layer, key), names, f"{where}.{key}")
        if isinstance(layer.heat_density, TemperatureLaw):
            yield f"{where}.heat_density: a function of temperature does not go with [channels]; give a value"
    for i, source in enumerate(stack.sources):
        for key in ("heat", "heat_density", "heat_flux"):
            yield from _keys(getattr(source, key, None), names, f"sources.{i}.{key}")
        if isinstance(source, Source) and isinstance(source.heat_density, TemperatureLaw):
            yield f"sources.{i}.heat_density: a function of temperature does not go with [channels]; give a value"
        assert isinstance(source, Source | SheetSource)
    for i, entry in enumerate(stack.interfaces):
        if isinstance(entry.law, ChannelLaw):
            for key in entry.law.laws.names:
                for name in pair(key):
                    yield from _known(name, names, f"interfaces.{i}.{key}")
    for side, boundary in stack.boundaries.items():
        if isinstance(boundary.condition, PerChannel):
            yield from _keys(boundary.condition.conditions, names, f"boundary.{side}")
    for i, probe in enumerate(stack.probes):
        if probe.channel is not None:
            yield from _known(probe.channel, names, f"probes.{i}.channel")


def _keys(value: object, names: tuple[str, ...], where: str) -> Iterable[str]:
    if isinstance(value, ByChannel):
        for name in value.names:
            yield from _known(name, names, f"{where}.{name}")


def _known(name: str, names: tuple[str, ...], where: str) -> Iterable[str]:
    if name not in names:
        yield f"{where}: no channel is named {name!r}; {nearest(name, names)}"


def _material(stack: Stack, material: Material) -> Iterable[str]:
    names, where = stack.channels, f"materials.{material.name}"
    if material.latent_heat is not None and stack.transient is not None:
        yield f"{where}.latent_heat: melting does not go with [channels]; leave it out"
    if material.carriers is None:
        if material.coupling is not None:
            yield (
                f"{where}.coupling: couples the channels of a material, but {material.name} gives one conductivity, "
                "which locks them together; give conductivity by channel, or leave coupling out"
            )
        return
    own = material.carriers.names
    for name in own:
        yield from _known(name, names, f"{where}.conductivity.{name}")
    if len(own) == 1:
        if material.coupling is not None:
            yield f"{where}.coupling: {material.name} has one channel, {own[0]}, and nothing to couple it to"
        return
    if material.coupling is None:
        yield f'{where}.coupling: missing; heat per volume and kelvin between {" and ".join(own)}, "2.6e16 W/(m^3*K)"'
    elif isinstance(material.coupling, ByChannel):
        for key in material.coupling.names:
            first, second = pair(key)
            if first == second:
                yield f'{where}.coupling.{key}: name two channels, for example "{own[0]}{SIGN}{own[1]}"'
            else:
                for name in (first, second):
                    yield from _known(name, own, f"{where}.coupling.{key}")
    elif len(own) > 2:
        yield (
            f"{where}.coupling: {material.name} has {len(own)} channels; give that of each pair, "
            f'{{ "{own[0]}{SIGN}{own[1]}" = "…", … }}'
        )

"""Slip at a wall that takes up every carrier: what is left of a ballistic flight in a law of diffusion.

Next to such a wall the temperature of the medium, extrapolated straight to the wall, jumps by z L |dT/dx| (L the mean
free path), hence R = z L/k on each side that has carriers with a mean free path:
"marshak"  z = 2/3                      a film between two walls carries k/(1 + 4 Kn/3), Kn = L/thickness
"milne"    z = 0.710446089598763        the exact slope far from a plane wall, gray and isotropic scattering
A film between two walls, against `kapitza.verify.gray_film` (computed): with Marshak's z exact in both limits and up to
3.4 % high between them, near Kn = 1.4; with Milne's within 0.5 % for Kn <= 1 and up to 6.2 % low where Kn is large.
L/k = 3/(C v) depends on temperature as 1/C: with a heat capacity that does, q = F(T1) - F(T2),
F = ∫ k C(T)/(z L C) dT with k, L and C at 300 K. C of the electrons of a metal goes as T.
Range: plane walls, gray carriers. It is no Kapitza resistance and comes in series with one. The temperatures of a
mismatch model with temperatures = "emitted" hold the slip of both sides already: do not add it twice.
Source: R. E. Marshak, Phys. Rev. 71, 443 (1947); B. Davison, Neutron Transport Theory (1957); M. A. Heaslet and
R. F. Warming, Int. J. Heat Mass Transfer 8, 979 (1965).
"""

from __future__ import annotations

from collections.abc import Mapping

from kapitza.errors import InputError
from kapitza.interfaces.about import About
from kapitza.interfaces.compose import series
from kapitza.interfaces.law import Law, Resistance
from kapitza.interfaces.potential import Potential
from kapitza.laws.temperature import Constant, Power, TemperatureLaw
from kapitza.materials.material import Material

MODEL = "slip"
VARIANTS: Mapping[str, float] = {"marshak": 2.0 / 3.0, "milne": 0.7104460895987630727}
DEFAULT = "marshak"
ROOM = 300.0  # K, of the mean free paths of materials


def slip(below: Material | None, above: Material | None, variant: str = DEFAULT) -> Law:
    """Law of a wall between two materials; None: no material there (a reservoir).

    Raises InputError for an unknown variant, and where neither side has a mean free path."""
    if variant not in VARIANTS:
        known = ", ".join(f'"{name}"' for name in VARIANTS)
        raise InputError(f'slip: variant = "{variant}" is not known; use {known}')
    there = [one for one in (below, above) if one is not None]
    known_paths = [one for one in there if one.mean_free_path is not None]
    if not known_paths:
        names = " and ".join(dict.fromkeys(one.name for one in there)) or "what lies at this side"
        raise InputError(f"slip: the mean_free_path of {names} is not known; give it in [materials]")
    parts = [side(one, variant) for one in known_paths]
    notes = [
        f"the mean free path of {one.name} is not known, so there is no slip on its side"
        for one in there
        if one.mean_free_path is None
    ]
    notes += [
        f"{one.name} is anisotropic; its conductivity through the layers is taken"
        for one in known_paths
        if not one.isotropic
    ]
    said = (
        ("variant", variant),
        ("extrapolation", VARIANTS[variant]),
        ("sides", " and ".join(one.name for one in known_paths)),
    )
    return series(parts, About(MODEL, said, tuple(dict.fromkeys(notes))))


def side(material: Material, variant: str = DEFAULT) -> Law:
    """The slip on the side of ``material``, which has a mean free path."""
    assert material.mean_free_path is not None
    try:
        resistance = VARIANTS[variant] * material.mean_free_path / float(material.conductivity(ROOM))
        capacity = _capacity(material)
        if capacity is None:
            return Resistance(resistance)
        return Potential(capacity, 1.0 / (resistance * float(capacity(ROOM))))
    except InputError as problem:
        raise InputError(
            f"slip: needs {material.name} at 300 K, where its mean_free_path is known: {problem}"
        ) from None


def _capacity(material: Material) -> TemperatureLaw | None:
    """Heat capacity of the carriers over temperature, to a factor; None where it does not vary or is not known."""
    if material.sommerfeld is not None:
        return Power(1.0, ROOM, 1.0)
    law = material.heat_capacity_law
    return None if law is None or isinstance(law, Constant) else law


def uses(about: About) -> bool:
    """Whether a law is, or holds, a slip."""
    return about.model == MODEL or any(uses(member) for member in about.of)


def part(about: About) -> tuple[str, float] | None:
    """(variant, scale) of the slip that a law is, or has in series; None without one."""
    if about.model == MODEL:
        return str(dict(about.conventions)["variant"]), about.scale
    if about.model != "series":
        return None
    found = [inner for inner in map(part, about.of) if inner is not None]
    return (found[0][0], found[0][1] * about.scale) if len(found) == 1 else None


def doubled(about: About) -> bool:
    """Whether a slip stands in series with a model whose temperatures hold it already."""
    if about.model == "series":
        emitted = any(("temperatures", "emitted") in member.conventions for member in about.of)
        if emitted and any(member.model == MODEL for member in about.of):
            return True
    return any(doubled(member) for member in about.of)

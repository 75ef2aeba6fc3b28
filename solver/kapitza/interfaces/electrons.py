"""Electrons across a metal-metal contact: diffuse mismatch, G proportional to T.

G = Z1 Z2/(4 (Z1 + Z2)), Z = gamma v_F T, with gamma T the electronic heat capacity per volume.
Range: clean contacts of metals, from a few kelvins to the melting point; measured values are somewhat lower
(Al/Cu at 300 K: 6.3 by the formula, 4.0 GW/(m^2 K) measured).
Source: B. C. Gundrum, D. G. Cahill and R. S. Averback, Phys. Rev. B 72, 245426 (2005).
"""

from __future__ import annotations

from kapitza.interfaces.about import About
from kapitza.interfaces.potential import Potential
from kapitza.interfaces.power import PowerCurve
from kapitza.interfaces.spectrum import need
from kapitza.materials.material import Material


def electron(below: Material, above: Material) -> Potential:
    """Law of the pair. Raises InputError where fermi_velocity or sommerfeld is not known."""
    Z1, Z2 = (
        need(side, "sommerfeld", "electron") * need(side, "fermi_velocity", "electron")
        for side in (below, above)
    )
    per_kelvin = Z1 * (Z2 / (Z1 + Z2)) / 4.0
    about = About("electron", (("below", below.name), ("above", above.name)))
    return Potential(PowerCurve(2.0), 0.5 * per_kelvin, about)

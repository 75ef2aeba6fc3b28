"""Solid against liquid helium: measured laws q = a (T_solid^n - T_bath^n). Acoustic mismatch is far too low here.

copper      q = 460 (T_s^3.46 - T_b^3.46) W/m^2, He II (clean copper; S. W. Van Sciver, Helium Cryogenics)
polyimide   R = 10.54e-3 T^-3 m^2 K/W, He II, hence a = 1/(4 * 10.54e-3), n = 4 (B. Baudouy, Cryogenics 43, 667 (2003))
Range: 1.3 to 2.1 K; the surface matters by a factor of two.
"""

from __future__ import annotations

from kapitza.errors import InputError
from kapitza.interfaces.about import About, Guard
from kapitza.interfaces.potential import Potential
from kapitza.interfaces.power import power_law

LAWS = {
    "copper": (460.0, 3.46, "S. W. Van Sciver, Helium Cryogenics"),
    "polyimide": (1.0 / (4.0 * 10.54e-3), 4.0, "B. Baudouy, Cryogenics 43, 667 (2003)"),
}
RANGE = Guard(1.3, 2.1768, "the law was measured in He II between 1.3 K and the lambda point")


def helium(surface: str) -> Potential:
    """Law of a surface in He II by the solid's name. Raises InputError for others."""
    if surface not in LAWS:
        raise InputError(
            f'helium: no measured law for {surface}; known are {", ".join(LAWS)}. Give model = "power-law" with '
            "coefficient and exponent"
        )
    coefficient, exponent, source = LAWS[surface]
    said = (
        ("surface", surface),
        ("coefficient", coefficient),
        ("exponent", exponent),
        ("reference", source),
    )
    return power_law(coefficient, exponent, About("helium", said, guards=(RANGE,)))

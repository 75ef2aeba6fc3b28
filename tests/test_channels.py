"""Several temperatures per place, steady: against closed forms at random parameters, integrals and conservation."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kapitza as kp
from kapitza.bychannel import by_channel
from kapitza.channels.elements import Element
from kapitza.channels.modes import Modes
from kapitza.channels.shapes import Piece
from kapitza.errors import InputError, PhysicsError
from kapitza.metrics import Metric
from kapitza.verify.two_channels import Contact

NAMES = ("electrons", "phonons")
AREA = 2.5e-4


def metal(ka: float, kb: float, g: float, name: str = "metal") -> kp.Material:
    return kp.Material(name, conductivity=by_channel({"electrons": ka, "phonons": kb}), coupling=g)


def on_dielectric(case: Contact, thickness: float, *, flux: float = 3e8) -> kp.Solution:
    """A metal on a dielectric with one temperature, heated below with its channels locked together."""
    laws = {}
    if case.ha:
        laws["electrons|phonons"] = kp.Conductance(case.ha)
    if case.hb:
        laws["phonons"] = kp.Conductance(case.hb)
    stack = kp.Stack(
        layers=[
            kp.Layer("film", metal(case.ka, case.kb, case.g), thickness),
            kp.Layer("base", kp.Material("base", conductivity=27.0), 0.7e-6),
        ],
        geometry=kp.Geometry("slab", area=AREA),
        interfaces=[kp.Interface(kp.ChannelLaw(by_channel(laws)), between=("film", "base"))],
        boundaries={
            "bottom": kp.Boundary(kp.HeatFlux(flux)),
            "top": kp.Boundary(kp.Temperature(310.0)),
        },
        channels=NAMES,
    )
    return kp.solve(stack)


PUBLISHED = (
    (Contact(310.0, 2.6, 2.6e16, 0.0, 1e8), 7.24729e7),
    (Contact(310.0, 2.6, 2.6e16, 5e7, 1e8), 1.22704e8),
    (Contact(20.0, 20.0, 1e16, 1e9, 1e7), 5.79170e8),
)


@pytest.mark.parametrize(("case", "G"), PUBLISHED)
def test_the_conductance_between_far_fields(case, G):
    solution = on_dielectric(case, 45.0 * case.length)
    joint = solution.interfaces["film|base"]
    assert solution.channels.far[0] == pytest.approx(G, rel=1e-5)
    assert solution.channels.far[0] == pytest.approx(case.conductance, rel=1e-13)
    assert joint.conductance == pytest.approx(case.conductance, rel=1e-10)
    assert joint.flux == pytest.approx(3e8, rel=1e-14)
    assert solution.channels.lengths["metal"] == pytest.approx((case.length,), rel=1e-14)


magnitudes = st.tuples(
    st.floats(0.3, 600.0),
    st.floats(0.3, 600.0),
    st.floats(14.0, 18.0).map(lambda x: 10.0**x),
    st.floats(5.0, 10.0).map(lambda x: 10.0**x),
    st.floats(5.0, 10.0).map(lambda x: 10.0**x),
)


@given(magnitudes)
@settings(max_examples=60, deadline=None)
def test_any_two_channels_at_a_contact(numbers):
    case = Contact(*numbers)
    # Heat for a jump of a few kelvins, so that nothing cools below zero.
    solution = on_dielectric(case, 45.0 * case.length, flux=2.0 * min(case.conductance, 2.7e7))
    fields, joint = solution.channels, solution.interfaces["film|base"]
    assert fields.far[0] == pytest.approx(case.conductance, rel=1e-9)
    expected = case.sides(joint.flux)
    base = float(solution.pieces.bottom[1])
    rise = fields.below[:, 0] - base
    assert rise == pytest.approx(expected, rel=1e-8, abs=1e-9)
    assert fields.flux_below[0, 0] == pytest.approx(case.ha * expected[0], rel=1e-8, abs=1e-8 * joint.flux)
    assert fields.flux_below[:, 0].sum() == pytest.approx(joint.flux, rel=1e-9)


def test_electrons_that_do_not_pass_leave_majumdars_resistance_in_series():
    case = Contact(140.0, 7.0, 4e16, 0.0, 3e8)
    k = case.k
    own = (case.ka / k) ** 1.5 / math.sqrt(case.g * case.kb)
    assert 1.0 / on_dielectric(case, 45.0 * case.length).channels.far[0] == pytest.approx(
        1.0 / 3e8 + own, rel=1e-12
    )


def test_the_profile_is_two_exponentials():
    case = Contact(90.0, 11.0, 3e16, 2e7, 4e8)
    solution = on_dielectric(case, 30.0 * case.length)
    base = float(solution.pieces.bottom[1])
    z = 30.0 * case.length - np.array([0.0, 0.4, 1.7, 5.0]) * case.length
    for i, name in enumerate(NAMES):
        found = [solution.probe(kp.PointProbe("p", float(x), piece="film", channel=name)) for x in z]
        exact = [case.sides(3e8, 30.0 * case.length - x)[i] + base for x in z]
        assert found == pytest.approx(exact, rel=1e-11)


def test_a_strong_coupling_makes_one_channel():
    """Locked from both ends to one conductivity, and a contact with both conductances in parallel."""
    ka, kb = 37.0, 5.0
    for g, accuracy in ((1e22, 1e-4), (1e28, 1e-7)):
        solution = on_dielectric(Contact(ka, kb, g, 3e7, 2e8), 0.5e-6)
        locked = kp.Stack(
            layers=[
                kp.Layer("film", kp.Material("m", conductivity=ka + kb), 0.5e-6),
                kp.Layer("base", kp.Material("base", conductivity=27.0), 0.7e-6),
            ],
            geometry=kp.Geometry("slab", area=AREA),
            interfaces=[kp.Interface(kp.Conductance(2.3e8), between=("film", "base"))],
            boundaries=solution.stack.boundaries
            | {"bottom": kp.Boundary(kp.HeatFlux(3e8)), "top": kp.Boundary(kp.Temperature(310.0))},
        )
        plain = kp.solve(locked)
        rise = float(plain.pieces.most[0]) - 310.0
        assert float(solution.pieces.most[0]) - 310.0 == pytest.approx(rise, rel=accuracy)
        assert solution.channels.far[0] == pytest.approx(2.3e8, rel=10 * accuracy)


def two_metals(**changes: object) -> kp.Stack:
    """Two metals, contact by channels with a way across; heat in one channel of each."""
    stack = kp.Stack(
        layers=[
            kp.Layer("one", metal(70.0, 9.0, 2e16), 60e-9, heat=by_channel({"electrons": 900.0})),
            kp.Layer(
                "two", metal(31.0, 14.0, 5e15, "other"), 85e-9, heat_density=by_channel({"phonons": 4e14})
            ),
        ],
        geometry=kp.Geometry("slab", area=AREA),
        interfaces=[
            kp.Interface(
                kp.ChannelLaw(
                    by_channel(
                        {
                            "electrons": kp.Conductance(7e8),
                            "phonons": kp.Resistance(6e-9),
                            "electrons|phonons": kp.Conductance(4e7),
                        }
                    )
                ),
                between=("one", "two"),
            )
        ],
        boundaries={
            "bottom": kp.Boundary(kp.PerChannel(by_channel({"phonons": kp.Temperature(301.0)}))),
            "top": kp.Boundary(
                kp.PerChannel(
                    by_channel(
                        {
                            "electrons": kp.Reservoir(305.0, kp.Conductance(6e7)),
                            "phonons": kp.HeatFlux(2.5e3),
                        }
                    )
                )
            ),
        },
        channels=NAMES,
    )
    return replace(stack, **changes)


def test_heat_is_kept_in_every_channel():
    solution = kp.solve(two_metals())
    fields, energy = solution.channels, solution.summary()["energy"]
    assert abs(energy["imbalance"]) < 1e-12
    heat = 900.0 + 4e14 * 85e-9 * AREA
    # Where each channel is held or insulated, and what it is given.
    assert fields.heat[0, 0] == pytest.approx(0.0, abs=1e-12 * heat)
    assert fields.heat[1, 1] == pytest.approx(2.5e3 * AREA, rel=1e-9)
    assert fields.heat[0, 1] == pytest.approx(6e7 * AREA * (305.0 - fields.surface[0, 1]), rel=1e-9)
    assert fields.surface[1, 0] == pytest.approx(301.0, rel=1e-15)
    assert -fields.heat.sum() == pytest.approx(heat, rel=1e-10)
    # The contact: what leaves each channel below, by its own conductances.
    Te, Tp = fields.below[:, 0]
    Ue, Up = fields.above[:, 0]
    assert fields.flux_below[0, 0] == pytest.approx(7e8 * (Te - Ue) + 4e7 * (Te - Up), rel=1e-9)
    assert fields.flux_below[1, 0] == pytest.approx((Tp - Up) / 6e-9, rel=1e-9)
    assert fields.flux_above[1, 0] == pytest.approx((Tp - Up) / 6e-9 + 4e7 * (Te - Up), rel=1e-9)


def test_steady_profiles_solve_both_equations():
    """k T'' = g (Ta - Tb) - S by differences inside the heated layers."""
    solution = kp.solve(two_metals())
    k, g, S = np.array([70.0, 9.0]), 2e16, np.array([900.0 / (60e-9 * AREA), 0.0])
    h = 0.4e-9
    for z in (7e-9, 23e-9, 51e-9):
        T = np.array(
            [
                [solution.probe(kp.PointProbe("p", z + i * h, channel=name)) for i in (-2, -1, 0, 1, 2)]
                for name in NAMES
            ]
        )
        T = T - T.mean()
        second = (-T[:, 0] + 16 * T[:, 1] - 30 * T[:, 2] + 16 * T[:, 3] - T[:, 4]) / (12 * h * h)
        passed = g * (T[0, 2] - T[1, 2])
        assert k[0] * second[0] == pytest.approx(passed - S[0], rel=1e-6)
        assert k[1] * second[1] == pytest.approx(-passed, rel=1e-6)


def test_cells_change_nothing_when_steady():
    few = kp.solve(two_metals(mesh=kp.MeshOptions(cells_per_layer=2)))
    many = kp.solve(two_metals(mesh=kp.MeshOptions(cells_per_layer=300)))
    assert few.channels.lower == pytest.approx(many.channels.lower, rel=1e-14)
    assert few.channels.mean == pytest.approx(many.channels.mean, rel=1e-13)
    # The means of layers against their cells.
    z = many.z < 60e-9
    cells = np.average(many.channels.temperature[:, z], axis=1, weights=np.diff(many.z_edges)[z])
    assert many.channels.mean[:, 0] == pytest.approx(cells, rel=1e-8)


def test_a_boundary_with_one_value_locks_and_one_by_channel_frees():
    free = {"bottom": kp.Boundary(kp.PerChannel(by_channel({"electrons": kp.HeatFlux(5e7)})))}
    held = {"bottom": kp.Boundary(kp.HeatFlux(5e7))}
    one, two = (
        kp.solve(two_metals(boundaries=dict(two_metals().boundaries) | side)).channels
        for side in (free, held)
    )
    assert one.surface[0, 0] - one.surface[1, 0] > 1e-3
    assert one.heat[1, 0] == pytest.approx(0.0, abs=1e-10 * 5e7 * AREA)
    assert two.surface[0, 0] == two.surface[1, 0]
    assert two.heat[:, 0].sum() == pytest.approx(5e7 * AREA, rel=1e-9)
    assert two.heat[1, 0] > 0.0


def test_a_contact_with_one_value_locks_both_sides_and_none_is_perfect_channel_by_channel():
    one = kp.Interface(kp.Conductance(3e8), between=("one", "two"))
    locked = kp.solve(two_metals(interfaces=[one])).channels
    assert locked.below[0, 0] == locked.below[1, 0]
    assert locked.above[0, 0] == locked.above[1, 0]
    flux = 3e8 * (locked.below[0, 0] - locked.above[0, 0])
    assert locked.flux_below[:, 0].sum() == pytest.approx(flux, rel=1e-8)
    perfect = kp.solve(two_metals(interfaces=[])).channels
    assert perfect.below == pytest.approx(perfect.above, rel=1e-15)
    assert perfect.flux_below == pytest.approx(perfect.flux_above, rel=1e-8)
    assert perfect.below[0, 0] != pytest.approx(perfect.below[1, 0], rel=1e-7)


def test_a_channel_that_a_material_lacks_is_insulated_there():
    glass = kp.Material("glass", conductivity=by_channel({"phonons": 1.4}))
    base = two_metals()
    stack = replace(
        base,
        layers=[base.layers[0], kp.Layer("two", glass, 85e-9)],
        interfaces=[],
        boundaries={"top": kp.Boundary(kp.PerChannel(by_channel({"phonons": kp.Temperature(300.0)})))},
    )
    solution = kp.solve(stack)
    fields = solution.channels
    assert np.isnan(fields.mean[0, 1])
    assert fields.below[1, 0] == pytest.approx(fields.above[1, 0], rel=1e-15)
    assert fields.flux_below[0, 0] == pytest.approx(0.0, abs=1e-9 * 900.0 / AREA)
    assert fields.heat[1, 1] == pytest.approx(-900.0, rel=1e-9)
    with pytest.raises(InputError, match="there are no electrons here"):
        solution.probe(kp.PieceProbe("p", "two", channel="electrons"))


def test_three_channels_with_couplings_by_pair():
    """Modes of three channels against a dense finite-difference matrix."""
    k, names = np.array([50.0, 7.0, 3.0]), ("electrons", "optical", "acoustic")
    couplings = {"electrons|optical": 2e16, "optical|acoustic": 7e15}
    metal3 = kp.Material("m", conductivity=by_channel(dict(zip(names, k.tolist(), strict=True))),
                         coupling=by_channel(couplings))  # fmt: skip
    d, heat = 40e-9, 3e17
    stack = kp.Stack(
        layers=[kp.Layer("film", metal3, d, heat_density=by_channel({"electrons": heat}))],
        geometry=kp.Geometry("slab", area=AREA),
        boundaries={
            "bottom": kp.Boundary(kp.PerChannel(by_channel({"acoustic": kp.Temperature(300.0)}))),
            "top": kp.Boundary(kp.PerChannel(by_channel({"acoustic": kp.Temperature(304.0)}))),
        },
        channels=names,
    )
    solution = kp.solve(stack)
    assert len(solution.channels.lengths["m"]) == 2
    exact = _differences(k, couplings, names, d, heat)
    coarse, fine = exact(400), exact(800)
    wanted = fine + (fine - coarse) / 3.0
    assert solution.channels.mean[:, 0] == pytest.approx(wanted, rel=1e-9)


def _differences(k, couplings, names, d, heat):
    """Mean temperatures by central differences on n cells, acoustic held at both ends."""

    def means(n: int) -> np.ndarray:
        h = d / n
        A, b = np.zeros((3 * n, 3 * n)), np.zeros(3 * n)
        for c in range(3):
            for i in range(n):
                for j in (i - 1, i + 1):
                    if 0 <= j < n:
                        A[3 * i + c, 3 * i + c] += k[c] / h**2
                        A[3 * i + c, 3 * j + c] -= k[c] / h**2
        for key, g in couplings.items():
            a, c = (names.index(name) for name in key.split("|"))
            for i in range(n):
                for one, two in ((a, c), (c, a)):
                    A[3 * i + one, 3 * i + one] += g
                    A[3 * i + one, 3 * i + two] -= g
        for i, T in ((0, 300.0), (n - 1, 304.0)):
            A[3 * i + 2, 3 * i + 2] += 2.0 * k[2] / h**2
            b[3 * i + 2] += 2.0 * k[2] / h**2 * T
        b[0::3] += heat
        return np.linalg.solve(A, b).reshape(n, 3).mean(axis=0)

    return means


@pytest.mark.parametrize("kind", ["slab", "cylinder", "sphere"])
def test_two_ports_in_every_geometry(kind):
    """A shell cut in many is the shell whole; its heat goes somewhere; and it solves its equation."""
    metric = Metric(kind, 0.37)
    modes = Modes.of(np.array([31.0, 4.0]), np.array([[0.0, 6e15], [6e15, 0.0]]))
    whole = Element(modes, Piece(metric, 30e-9, 50e-9))
    lower, upper, S = np.array([3.0, 1.0]), np.array([0.5, 2.0]), np.array([2e16, 7e15])
    into, out = whole.entering(lower, upper, S)
    assert out.sum() - into.sum() == pytest.approx(S.sum() * whole.piece.volume, rel=1e-11)
    middle = whole.temperature(lower, upper, S, np.array([18e-9]))[:, 0]
    low, high = Element(modes, Piece(metric, 30e-9, 18e-9)), Element(modes, Piece(metric, 48e-9, 32e-9))
    first, second = low.entering(lower, middle, S), high.entering(middle, upper, S)
    scale = np.abs([*into, *out]).max()
    assert first[0] == pytest.approx(into, abs=1e-10 * scale)
    assert first[1] == pytest.approx(second[0], abs=1e-10 * scale)
    assert second[1] == pytest.approx(out, abs=1e-10 * scale)
    s, w = np.polynomial.legendre.leggauss(40)
    s = 25e-9 * (1.0 + s)
    area = w * metric.area(30e-9 + s)
    average = (whole.temperature(lower, upper, S, s) * area).sum(axis=1) / area.sum()
    assert whole.mean(lower, upper, S) == pytest.approx(average, rel=1e-11)
    flux = whole.flux(lower, upper, S, np.array([0.1e-9, 20e-9, 49.9e-9]))
    assert np.isfinite(flux).all()
    if kind == "slab":
        assert whole.flux(lower, upper, S, np.zeros(1))[:, 0] * 0.37 == pytest.approx(into, rel=1e-9)


def test_shells_conserve_heat_and_end_in_the_slab():
    """A cylinder or sphere of large radius is a slab."""
    for kind, area in (
        ("cylinder", lambda r: 2.0 * math.pi * r * 0.4),
        ("sphere", lambda r: 4.0 * math.pi * r**2),
    ):
        r = 5e-3
        stack = two_metals(
            geometry=kp.Geometry(kind, inner_radius=r, length=0.4),
            layers=[replace(layer, heat=0.0, heat_density=0.0) for layer in two_metals().layers],
            boundaries={
                "inner": kp.Boundary(kp.PerChannel(by_channel({"electrons": kp.HeatFlux(6e8)}))),
                "outer": kp.Boundary(kp.Temperature(300.0)),
            },
        )
        solution = kp.solve(stack)
        assert solution.boundaries["outer"].heat == pytest.approx(-6e8 * area(r), rel=1e-9)
        flat = kp.solve(
            replace(
                stack,
                geometry=kp.Geometry("slab", area=AREA),
                boundaries={
                    "bottom": stack.boundaries["inner"],
                    "top": stack.boundaries["outer"],
                },
            )
        )
        assert solution.channels.below - 300.0 == pytest.approx(flat.channels.below - 300.0, rel=1e-4)


def test_what_cannot_be_is_told():
    base = two_metals()
    free = {"bottom": kp.Boundary(kp.PerChannel(by_channel({"electrons": kp.HeatFlux(1.0)})))}
    cases = (
        (replace(base, boundaries=free), PhysicsError, "no steady state"),
        (replace(base, channels=("electrons",)), InputError, "give two names at least"),
        (
            replace(base, layers=[replace(base.layers[0], heat=0.4), base.layers[1]]),
            InputError,
            "say which of them is heated",
        ),
        (
            replace(base, layers=[replace(base.layers[0], heat=by_channel({"fotons": 1.0})), base.layers[1]]),
            InputError,
            "no channel is named 'fotons'",
        ),
        (
            replace(base, geometry=kp.Geometry("plane", x=(0.0, 1e-6))),
            InputError,
            "several temperatures per place are known in one dimension",
        ),
        (replace(base, channels=()), InputError, "were given, but no channels"),
        (
            replace(
                base,
                interfaces=[
                    kp.Interface(
                        kp.ChannelLaw(by_channel({"spins": kp.Conductance(1e8)})), between=("one", "two")
                    )
                ],
            ),
            InputError,
            "no channel is named 'spins'",
        ),
    )
    for stack, kind, text in cases:
        with pytest.raises(kind, match=text):
            kp.solve(stack)
    with pytest.raises(InputError, match="must be given by channel"):
        kp.Material("m", conductivity=by_channel({"a": 1.5, "b": 2.5}), volumetric_heat_capacity=3e6)
    with pytest.raises(InputError, match=r"coupling is -3\.0"):
        metal(3.0, 2.0, -3.0)
    with pytest.raises(InputError, match="one temperature per place"):
        kp.effective(base)

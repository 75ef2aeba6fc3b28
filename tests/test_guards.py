"""What a solution says of itself: laws out of range, layers below the mean free path, suspicious numbers."""

from __future__ import annotations

from typing import Any

import kapitza as kp
from kapitza.interfaces.amm import amm
from kapitza.interfaces.dmm import dmm
from kapitza.interfaces.power import power_law
from kapitza.model import Boundary, Group, Reservoir, Temperature


def warned(
    *layers: Any, interfaces: Any = (), hot: float = 305.0, cold: float = 300.0, film: Any = None
) -> list[str]:
    top = Reservoir(cold, film) if film is not None else Temperature(cold)
    ends = {"bottom": Boundary(Temperature(hot)), "top": Boundary(top)}
    return kp.solve(kp.Stack(layers, interfaces=interfaces, boundaries=ends)).summary()["warnings"]


def layer(name: str, thickness: float, called: str | None = None) -> kp.Layer:
    return kp.Layer(called, kp.material(name), thickness)


PAIR = layer("lead", 3e-6), layer("diamond", 5e-6)


def test_nothing_to_say() -> None:
    joint = kp.Interface(kp.Resistance(2e-8), between=("lead", "diamond"))
    assert warned(*PAIR, interfaces=[joint]) == []


def test_a_model_out_of_range_names_its_contact() -> None:
    joint = kp.Interface(dmm(kp.material("lead"), kp.material("diamond")), between=("lead", "diamond"))
    (said,) = warned(*PAIR, interfaces=[joint])
    assert said.startswith("lead|diamond: dmm: 301.9 K is above 105 K: above the Debye temperature of lead")
    assert warned(*PAIR, interfaces=[joint], hot=104.0, cold=101.0) == []


def test_many_contacts_are_one_sentence() -> None:
    joint = kp.Interface(
        amm(kp.material("silicon"), kp.material("germanium")), materials=("silicon", "germanium")
    )
    group = Group(7, (layer("silicon", 3e-6), layer("germanium", 2e-6)))
    (said,) = [text for text in warned(group, interfaces=[joint]) if "specular" in text]
    assert said.startswith(
        "silicon[1]|germanium[1], germanium[1]|silicon[2], silicon[2]|germanium[2] and 10 more: amm: "
    )


def test_layers_below_the_mean_free_path() -> None:
    said = warned(Group(5, (layer("silicon", 20e-9), layer("germanium", 30e-9))), layer("copper", 1e-3))
    assert len(said) == 2
    assert said[0].startswith("silicon: 20 nm is thinner than the mean free path of silicon, ")
    assert said[1].startswith("germanium: 30 nm is thinner than the mean free path of germanium, 0.19")
    assert "um at 305 K" in said[1]  # 0.199 um at 300 K; a little less where it is warmer


def test_the_mean_free_path_grows_in_the_cold() -> None:
    """Copper: as k / T. A film of 5 um is thick at 300 K and thin at 4 K."""
    copper, silicon = kp.material("copper"), kp.material("silicon")
    for T, thin in ((300.0, False), (4.0, True)):
        stack = kp.Stack(
            [kp.Layer("film", copper, 5e-6), kp.Layer("base", silicon, 2e-3)],
            kp.Geometry("slab", area=1e-4),
            boundaries={
                "bottom": kp.Boundary(kp.Temperature(T + 0.1)),
                "top": kp.Boundary(kp.Temperature(T)),
            },
        )
        assert any("mean free path of copper" in text for text in kp.solve(stack).warnings) is thin


def test_a_resistance_that_looks_like_a_conductance() -> None:
    joint = kp.Interface(kp.Resistance(3e4), between=("lead", "diamond"))
    (said,) = warned(*PAIR, interfaces=[joint])
    assert said.startswith("lead|diamond: resistance: R = 3e+04")
    assert "given as a conductance, or the other way round" in said
    joint = kp.Interface(kp.Conductance(2e-8), between=("lead", "diamond"))
    assert "the other way round" in warned(*PAIR, interfaces=[joint])[0]


def test_helium_with_acoustic_mismatch() -> None:
    copper, bath = kp.material("copper"), kp.material("liquid-helium")
    joint = kp.Interface(amm(copper, bath), between=("copper", "liquid-helium"))
    said = warned(layer("copper", 1e-3), layer("liquid-helium", 1e-3), interfaces=[joint], hot=1.9, cold=1.7)
    assert any("one to two orders too little into liquid-helium" in text for text in said)


def test_films_speak_for_their_side() -> None:
    from kapitza.interfaces.helium import helium

    (said,) = warned(layer("copper", 1e-3), film=helium("copper"), hot=5.0, cold=4.2)
    assert said.startswith("top: helium: ")
    assert "lambda point" in said
    assert warned(layer("copper", 1e-3), film=power_law(460.0, 3.46), hot=5.0, cold=4.2) == []

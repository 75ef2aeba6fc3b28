"""The table of measurements and the comparison of a pair."""

import csv
import json
import math

import numpy as np
import pytest

from kapitza.errors import InputError
from kapitza.interfaces.compare import MODELS, compare
from kapitza.interfaces.dmm import dmm
from kapitza.interfaces.measured import DATA, measured, measurements, table
from kapitza.materials.library import material


def test_the_whole_table_is_read():
    rows = list(csv.DictReader(DATA.read_text(encoding="utf-8").splitlines()))
    assert len(rows) == 353
    assert len({m.doi for m in table()}) == 15
    assert {m.label for m in table()} == {row["interface"].strip("'") for row in rows}
    for m in table():
        assert m.doi.startswith("10.")
        assert list(m.temperatures) == sorted(set(m.temperatures))
        assert all(1e6 < G < 2e10 for G in m.conductances)
        for name in m.materials:
            assert name == material(name).name
    points = sum(len(m.temperatures) for m in table())
    assert points == 353


def test_pairs_in_either_order_and_by_alias():
    assert measurements("Pb", "diamond") == measurements("diamond", "lead")
    labels = [m.label for m in measurements("lead", "diamond")]
    assert labels == ["Pb/diamond", "Pb/diamond", "Pb/H-diamond"]
    assert [m.between for m in measurements("lead", "diamond")] == [(), (), ("H",)]
    assert {m.label for m in measurements("aluminium", "sapphire")} >= {"Al/Sapphire", "Al/Al2O3 (0001)"}
    assert measurements("aluminium", "silicon")[-1].between == ("SiO2",)
    assert measurements("water", "silicon") == []


def test_law_of_a_series():
    law = measured("Pb", "diamond", "H-diamond")
    assert law.conductance(298.0) == pytest.approx(19.0e6)
    assert law.conductance(269.0) == pytest.approx(0.5 * (17.6e6 + 19.0e6), rel=1e-14)
    assert law.conductance(300.0) == pytest.approx(19.0e6)
    assert law.flux(298.0, 240.0) == pytest.approx(58.0 * 0.5 * (17.6e6 + 19.0e6), rel=1e-13)
    said = law.describe()
    assert said["reference"] == "doi:10.1103/PhysRevB.73.144301"
    assert "secondary" in said["source"]
    for T in (60.0, 320.0):
        with pytest.raises(InputError, match="of the measurement"):
            law.conductance(T)


def test_choice_of_a_series():
    best = measured("Al", "Si")
    assert best.describe()["reference"] == "doi:10.1103/PhysRevLett.107.095901"
    assert "12 samples" in best.warnings(300.0, 300.0)[0]
    assert measured("Al", "Si", "https://doi.org/10.1103/PhysRevB.84.125408").valid[1] > 450.0
    assert measured("Al", "Si", "roughness 5.56").conductance(298.0) == pytest.approx(170.4e6)
    assert measured("Al", "Si", "roughness 5.56").warnings(298.0, 298.0) == []
    single = measured("Si", "Ge")
    assert single.valid == pytest.approx((298.0 * 0.97, 298.0 * 1.03))
    with pytest.raises(InputError, match="no reference"):
        measured("Al", "Si", "10.9999")
    with pytest.raises(InputError, match="has nothing on"):
        measured("water", "Si")


# --- comparison ---------------------------------------------------------------------------------------


def test_lead_on_diamond_bracketed():
    """Above the elastic limit of the Debye cut-off, below the inelastic bound."""
    found = compare(material("Pb"), material("diamond"), 298.0)
    G = {row.key: row.conductance for row in found.rows}
    hydrogen = next(m for m in found.measured if "H" in m.between)
    assert G["radiation-limit debye"] < hydrogen.at(298.0) < G["inelastic-bound debye"]
    assert any("Pb/H-diamond" in text and "debye" in text for text in found.sentences)
    assert set(found.missing) == {"electron", "helium"}
    assert set(G) == set(MODELS) - {"electron", "helium"}


def test_rows_say_what_they_are():
    found = compare(material("Al"), material("Si"), 300.0)
    rows = {row.key: row for row in found.rows}
    assert rows["dmm"].conductance == pytest.approx(794e6, rel=1e-3)
    assert rows["dmm"].conductance == dmm(material("Al"), material("Si")).conductance(300.0)
    assert rows["dmm"].lengths == pytest.approx(
        (237.0 / rows["dmm"].conductance, 148.0 / rows["dmm"].conductance)
    )
    assert "below 433 K, and 300 K is inside" in rows["dmm"].trust
    assert "300 K is outside" in rows["amm sh"].trust
    assert rows["amm sh"].law.describe()["variant"] == "sh"
    assert rows["dmm debye"].law.describe()["cutoff"] == "debye"


def test_plain_data():
    said = json.loads(json.dumps(compare(material("Al"), material("Si"), 77.0).describe()))
    assert said["temperature"] == 77.0
    assert said["models"]["dmm"]["cutoff"] == "branch"
    assert math.isfinite(said["models"]["inelastic-bound"]["conductance"])
    point = said["measured"][0]
    assert point["temperature"] in (80.0,)
    assert point["conductance"] == 160e6
    assert point["interpolated"] == pytest.approx((130.0 + 0.7 * 30.0) * 1e6)
    assert point["doi"] == "10.1103/PhysRevLett.107.095901"


def test_metals_and_helium():
    metals = compare(material("Al"), material("Cu"), 300.0)
    G = {row.key: row.conductance for row in metals.rows}
    assert G["electron"] == pytest.approx(6.26e9, rel=1e-3)
    assert metals.measured[0].at(298.0) == pytest.approx(4.0e9)
    bath = compare(material("copper"), material("liquid-helium"), 1.9)
    rows = {row.key: row for row in bath.rows}
    assert rows["helium"].conductance == pytest.approx(3.46 * 460.0 * 1.9**2.46)
    assert rows["helium"].conductance > 10.0 * rows["amm"].conductance
    assert "from 1.3 to 2.18 K, and 1.9 K is inside" in rows["helium"].trust
    film = compare(material("polyimide"), material("liquid-helium"), 1.8)
    assert [row.key for row in film.rows] == ["helium"]


def test_one_model():
    only = compare(material("Al"), material("Si"), 300.0, "amm")
    assert [row.key for row in only.rows] == ["amm", "amm sh", "amm mixed"]
    assert only.measured == ()
    assert [row.key for row in compare(material("Al"), material("Si"), 300.0, "amm sh").rows] == ["amm sh"]
    values = compare(material("Al"), material("Si"), 300.0, "measured")
    assert values.rows == ()
    assert values.measured
    for arguments, words in (
        ((material("Al"), material("Si"), 300.0, "dmn"), "known are"),
        ((material("Al"), material("Si"), 0.0), "absolute zero"),
        ((material("Al"), material("Si"), 300.0, "electron"), "silicon"),
    ):
        with pytest.raises(InputError, match=words):
            compare(*arguments)


def test_curves_of_all_models():
    """What a picture draws: every law over temperature."""
    T = np.geomspace(1.0, 1000.0, 30)
    for row in compare(material("Ti"), material("diamond"), 300.0).rows:
        assert np.all(np.diff(row.law.conductance(T)) > 0.0)

"""Numbers of fits as they are printed: as many digits as the error knows, and no more than anyone reads."""

from __future__ import annotations

import math
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

import kapitza as kp
from kapitza.case.lines import spliced
from kapitza.output.table_fit import interval, value_and_error
from kapitza.studies.fit_result import Estimate

CASES = Path(__file__).resolve().parents[1] / "cases"
ONE = Estimate("a.b", 259.83e6, 5.13e6, (249.7e6, 270.4e6), 1e8, "", True, "MW/(m^2*K)", 1e6, 0.0)


@pytest.mark.parametrize(
    ("value", "error", "texts"),
    [
        (259.83e6, 5.13e6, ("259.8", "5.1")),
        (259.83e6, 51.3e6, ("260", "51")),
        (8008.4e6, 240e6, ("8008", "240")),
        (260.000000001e6, 1e-7, ("260.0000", "1e-13")),
        (260.000000001e6, 2.6e-1, ("260.0000", "2.6e-7")),
        (0.24e6, 2.4e-10, ("0.2400000", "2.4e-16")),
        (3.2e-9 * 1e6, 3e-11 * 1e6, ("3.200e-9", "0.030e-9")),
        (2.03e17, 4.7e28, ("2e11", "4.7e22")),
        (0.0, 3.1e4, ("0", "0.031")),
        (259.83e6, None, ("260", "–")),
    ],
)
def test_values(value: float, error: float | None, texts: tuple[str, str]) -> None:
    assert value_and_error(replace(ONE, value=value, error=error)) == texts


@pytest.mark.parametrize(
    ("ends", "text"),
    [
        ((249.7e6, 270.4e6), "250 to 270"),
        ((259.7e6, 259.9e6), "259.70 to 259.90"),
        ((259.9999999e6, 260.0000001e6), "within ± 1e-7"),
        ((5.0 * 1e6, math.nextafter(5e6, 6e6)), "within ± 4.4e-16"),
        (None, "not determined"),
    ],
)
def test_intervals(ends: tuple[float, float] | None, text: str) -> None:
    assert interval(replace(ONE, interval=ends)) == text


def test_a_fitted_case_keeps_its_comments(tmp_path: Path) -> None:
    """Every line of the case but those of fitted values; fitted again, it has one heading."""
    text = (CASES / "astm_d5470.toml").read_text(encoding="utf-8")
    path = tmp_path / "bars.toml"
    path.write_text(
        text.replace('resistance = "0.5 cm^2*K/W"', 'resistance = "0.5 cm^2*K/W"  # µ: first guess'), "utf-8"
    )
    found = kp.fit(kp.load(path), CASES / "astm_d5470.csv")
    found.write(tmp_path / "fitted.toml")
    written = (tmp_path / "fitted.toml").read_text(encoding="utf-8")
    heading, lines = written.splitlines()[:4], written.splitlines()[4:]
    assert heading[0].startswith("# fitted to astm_d5470.csv; values")
    before = path.read_text(encoding="utf-8").splitlines()
    changed = [(a, b) for a, b in zip(before, lines, strict=True) if a != b]
    assert len(changed) == 3
    assert changed[0][1].endswith(' cm^2*K/W"  # µ: first guess')
    assert tomllib.loads(written) == found.case.data
    again = kp.fit(kp.load(tmp_path / "fitted.toml"), CASES / "astm_d5470.csv")
    again.write(tmp_path / "again.toml")
    assert (tmp_path / "again.toml").read_text(encoding="utf-8").count("# fitted to") == 1


def test_values_are_put_where_keys_stand() -> None:
    text = 'a = 1 # one\n[t."x.y"]\nb.c = [ "2 m", # two\n 3 ]\n[[l]]\n[[l]]\nq = { v = "ü", w = 4 }\n'
    found = spliced(text, {("l", 1, "q", "w"): 5.5, ("t", "x.y", "b", "c", 0): 'é"', ("a",): -2e-9})
    assert (
        found
        == 'a = -2e-09 # one\n[t."x.y"]\nb.c = [ "é\\"", # two\n 3 ]\n[[l]]\n[[l]]\nq = { v = "ü", w = 5.5 }\n'
    )
    assert spliced(text, {("l", 0, "q"): 1.0}) is None

"""Numbers of fits as they are printed: as many digits as the error knows, and no more than anyone reads."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from kapitza.output.table_fit import interval, value_and_error
from kapitza.studies.fit_result import Estimate

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

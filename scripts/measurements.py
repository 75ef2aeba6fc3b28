#!/usr/bin/env python3
"""The data beside the cases of `kapitza fit`: measurements in closed form with known values and noise.

PYTHONPATH=solver python scripts/measurements.py [NAME …]
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from kapitza.verify.measurements import MEASUREMENTS, Measurement

CASES = Path(__file__).resolve().parents[1] / "cases"
COLUMNS = {
    "astm_d5470": (("z", 1e-3, 0.0, 1), ("T", 1.0, 273.15, 3)),
    "nemd_profile": (("z", 1e-9, 0.0, 2), ("T", 1.0, 0.0, 3)),
    "superlattice_fit": (("period", 1e-9, 0.0, 1), ("k", 1.0, 0.0, 4)),
    "reflectance_fit": (("f", 1e6, 0.0, 7), ("amplitude", 1.0, 0.0, 6), ("phase", np.pi / 180.0, 0.0, 3)),
}
ABOUT = {
    "astm_d5470": "two aluminium bars (167 W/(m K), 50 mm each) with a joint of 0.24 cm^2 K/W, ends at 92.3 and 21.7 "
    "degC; noise 0.03 K",
    "nemd_profile": "films of 6.2 and 3.9 W/(m K), 20 nm each, G = 320 MW/(m^2 K), 4 GW/m^2, upper end 291 K; noise "
    "0.7 K in bins of 0.5 nm",
    "superlattice_fit": "W (46 W/(m K), 45 % of the period) and alumina (1.65 W/(m K)), G = 260 MW/(m^2 K); noise 3 %",
    "reflectance_fit": "gold, 100 nm, on sapphire (35 W/(m K)), G = 60 MW/(m^2 K), flux 1.37 MW/m^2; noise 1 % of the "
    "amplitude, 0.4 degrees of the phase",
}


def text(name: str, measurement: Measurement) -> str:
    """The CSV file."""
    x, y = measurement.coordinate, measurement.noisy()
    columns = [x, *y.reshape(len(COLUMNS[name]) - 1, len(x))]
    head = f"# Simulated: {ABOUT[name]}.\n# scripts/measurements.py {name}\n"
    names = ",".join(column[0] for column in COLUMNS[name])
    rows = [
        ",".join(
            f"{(v - zero) / unit:.{d}f}" for v, (_, unit, zero, d) in zip(row, COLUMNS[name], strict=True)
        )
        for row in zip(*columns, strict=True)
    ]
    return head + "\n".join([names, *rows]) + "\n"


if __name__ == "__main__":
    for name in sys.argv[1:] or MEASUREMENTS:
        (CASES / f"{name}.csv").write_text(text(name, MEASUREMENTS[name]), encoding="utf-8")
        print(f"cases/{name}.csv")

"""Commands with a stand-in for the part of the library that is not under test here."""

from __future__ import annotations

import json
from typing import Any

import pytest

import kapitza.cli
import kapitza.verify
from kapitza.verify.row import Row


def reference(**changes: Any) -> Row:
    values: dict[str, Any] = {
        "problem": "rod",
        "quantity": "flux",
        "computed": 2345.678901234,
        "exact": 2345.678901200,
        "error": 3.4e-8,
        "order": None,
        "passed": True,
        "cells": 48_000,
        "source": "series resistance",
        "unit": "W/m^2",
        "tolerance": 1e-6,
    }
    return Row(**(values | changes))


def answering(monkeypatch: Any, *rows: Row) -> list[tuple[str | None, int]]:
    """Let `verify` find ``rows``; returns what it was asked for."""
    asked: list[tuple[str | None, int]] = []

    def run(name: str | None = None, levels: int = 1) -> list[Row]:
        asked.append((name, levels))
        return list(rows)

    monkeypatch.setattr(kapitza.verify, "run", run)
    return asked


def test_verify_prints_computed_exact_error_and_order(
    capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    rows = reference(), reference(cells=96_000, order=1.987), reference(quantity="jump", order="exact")
    asked = answering(monkeypatch, *rows)
    assert kapitza.cli.main(["verify", "rod", "--levels", "2"]) == 0
    assert asked == [("rod", 2)]
    out, err = capsys.readouterr()
    assert err == ""
    for text in (
        "48,000",
        "2345.678901",
        "3.4e-8",
        "1.99",
        "exact",
        "W/m^2",
        "series resistance",
        "3 of 3 rows",
    ):
        assert text in out
    assert "FAIL" not in out


def test_verify_says_what_was_missed(capsys: pytest.CaptureFixture[str], monkeypatch: Any) -> None:
    answering(monkeypatch, reference(), reference(problem="wall", passed=False))
    assert kapitza.cli.main(["verify"]) == 3
    out, err = capsys.readouterr()
    assert "FAIL" in out
    assert "1 of 2 rows" in out
    assert err.startswith("error: verify: the reference is missed by wall;")


def test_verify_json_has_all_rows_even_when_missed(
    capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    row = reference(passed=False, order=float("nan"))
    answering(monkeypatch, row)
    assert kapitza.cli.main(["verify", "--json"]) == 3
    out, err = capsys.readouterr()
    answer = json.loads(out)
    assert answer["status"] == "missed"
    assert answer["rows"][0] | {"order": None} == vars(row) | {"order": None}
    assert answer["rows"][0]["order"] is None
    assert "wall" not in err


def test_verify_with_an_unknown_name_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    name = kapitza.verify.names()[0]
    assert kapitza.cli.main(["verify", f"{name}x"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert name in err


def test_materials_lists_the_library(capsys: pytest.CaptureFixture[str]) -> None:
    assert kapitza.cli.main(["materials"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    line = next(line for line in out.splitlines() if line.startswith("silicon "))
    assert line.split() == ["silicon", "semiconductor", "148", "2330", "712"]


def test_materials_shows_one_with_sources(capsys: pytest.CaptureFixture[str]) -> None:
    assert kapitza.cli.main(["materials", "silicon"]) == 0
    out = capsys.readouterr().out
    rows = {line.split()[0]: line.split() for line in out.splitlines() if line.strip()}
    assert rows["conductivity"][1:3] == ["148", "W/(m·K)"]
    assert rows["density"][1:3] == ["2330", "kg/m^3"]
    assert rows["400"][1] == "98.9"
    assert "uncertain" in rows["hardness"]
    assert "[1]" in rows
    assert "doi:" in out


def test_materials_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert kapitza.cli.main(["materials", "silicon", "--json"]) == 0
    silicon = json.loads(capsys.readouterr().out)
    assert silicon["properties"]["density"]["value"] == 2330.0
    assert silicon["properties"]["density"]["unit"] == "kg/m^3"
    assert silicon["properties"]["density"]["source"]
    assert silicon["properties"]["conductivity"]["value"]["kind"] == "table"
    assert kapitza.cli.main(["materials", "--json"]) == 0
    library = json.loads(capsys.readouterr().out)["materials"]
    assert library["silicon"] == silicon


def test_an_unknown_material_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert kapitza.cli.main(["materials", "silikon"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "silicon" in err
    assert err.startswith("error: ")

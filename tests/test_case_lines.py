"""Lines of keys: tables, lists of tables, inline tables, dotted and quoted keys, nested lists."""

from __future__ import annotations

from kapitza.case.lines import Lines

TEXT = """\
title = "x"
mesh.x = 4
[geometry]
kind = "slab"     # comment
[materials."a.b"]
conductivity = { table = [
  ["300 K", "3 W/(m*K)"],   # first
  # nothing
  ["400 K", "4 W/(m*K)"],
], between = "linear" }
[[layers]]
name = "one"
[[layers]]
layers = [
  { material = "m",
    thickness = "1 mm" },
  { material = "n", thickness = "2 mm" },
]
[boundary.bottom]
heat = "3 W"
[[boundary.bottom.patches]]
x = [
  "0 mm",
  "1 mm",
]
[[boundary.bottom.patches]]
[[boundary.top.patches]]
'heat flux' = 1
[[a]]
[[a.b]]
c = 1
[[a.b]]
[[a]]
[[a.b]]
c = 2
"""


def test_lines() -> None:
    lines = Lines(TEXT)
    for path, line in {
        ("title",): 1,
        ("mesh", "x"): 2,
        ("geometry",): 3,
        ("geometry", "kind"): 4,
        ("materials", "a.b"): 5,
        ("materials", "a.b", "conductivity", "table", 0): 7,
        ("materials", "a.b", "conductivity", "table", 1, 1): 9,
        ("materials", "a.b", "conductivity", "between"): 10,
        ("layers", 0, "name"): 12,
        ("layers", 1): 13,
        ("layers", 1, "layers", 0): 15,
        ("layers", 1, "layers", 0, "thickness"): 16,
        ("layers", 1, "layers", 1, "thickness"): 17,
        ("boundary", "bottom", "heat"): 20,
        ("boundary", "bottom", "patches", 0): 21,
        ("boundary", "bottom", "patches", 0, "x", 1): 24,
        ("boundary", "bottom", "patches", 1): 26,
        ("boundary", "top", "patches", 0, "heat flux"): 28,
        ("a", 0, "b", 0, "c"): 31,
        ("a", 0, "b", 1): 32,
        ("a", 1, "b", 0, "c"): 35,
    }.items():
        assert lines.of(path) == line, path


def test_a_missing_key_has_the_line_of_its_table() -> None:
    lines = Lines(TEXT)
    assert lines.of(("layers", 1, "layers", 1, "heat")) == 17
    assert lines.of(("geometry", "area")) == 3
    assert lines.of(("solve",)) == 1


def test_no_text_no_crash() -> None:
    assert Lines("").of(("geometry",)) == 1
    assert Lines("[[[").of(("geometry",)) is not None

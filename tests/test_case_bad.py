"""Bad case files: every one is refused with all its problems, and each says where, what and what instead.

A file in bad/ carries its expectations at its end: ``# problems: N`` and one ``# expect: …`` for every fragment.
"""

from __future__ import annotations

import os
import pickle
import random
from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from kapitza.case import Case, load, reader
from kapitza.case.messages import LISTED, CaseError
from kapitza.errors import FileError, InputError

BAD = Path(__file__).parent / "bad"
FILES = sorted(BAD.glob("*.toml"))
CASES = Path(__file__).parents[1] / "cases"


def expectations(path: Path, label: str) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.removeprefix(f"# {label}: ") for line in lines if line.startswith(f"# {label}: ")]


def test_there_are_many_and_all_differ() -> None:
    reports = set()
    for path in FILES:
        with pytest.raises(InputError) as caught:
            load(path)
        reports.add(str(caught.value).replace(path.stem, ""))
    assert len(FILES) >= 60
    assert len(reports) == len(FILES)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_bad_file(path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load(path)
    error, text = caught.value, str(caught.value)
    assert isinstance(error, CaseError)
    assert error.exit_code == 2
    for fragment in expectations(path, "expect"):
        assert fragment in text
    assert len(error.problems) == int(expectations(path, "problems")[0])
    for problem in error.problems:
        assert problem.text(str(path)) in text
        assert str(path) in problem.text(str(path))
        assert problem.line is not None
        assert "Traceback" not in problem.message
        assert "pydantic" not in problem.message
    assert len(text.splitlines()) == len(error.problems) + (len(error.problems) > 1)


def test_data_have_no_lines_but_the_same_problems() -> None:
    data = {
        "geometry": {"kind": "slab", "area": 4},
        "layers": [{"material": "silicn", "thickness": "0.5 mm"}],
        "boundary": {"tip": {}},
    }
    with pytest.raises(CaseError) as caught:
        Case.from_dict(data)
    assert [p.line for p in caught.value.problems] == [None] * 3
    text = str(caught.value)
    assert 'geometry.area = 4: give a unit, for example "4 cm^2"' in text
    assert "layers.0.material" in text
    assert "did you mean 'silicon'" in text
    assert "boundary.tip: unknown key; did you mean 'top'?" in text


def test_the_error_survives_a_process_boundary() -> None:
    with pytest.raises(CaseError) as caught:
        load(FILES[0])
    again = pickle.loads(pickle.dumps(caught.value))
    assert str(again) == str(caught.value)
    assert again.problems == caught.value.problems


def test_a_flood_is_counted() -> None:
    rows = [{"material": "silicon", "thickness": i + 2.5} for i in range(LISTED + 50)]
    with pytest.raises(CaseError) as caught:
        Case.from_dict({"geometry": {"kind": "slab", "area": "3 m^2"}, "layers": rows})
    assert len(caught.value.problems) == LISTED + 50
    assert str(caught.value).endswith("… and 50 more")
    assert len(str(caught.value).splitlines()) == LISTED + 2


# Files ----------------------------------------------------------------------------------------------


def test_missing_file(tmp_path: Path) -> None:
    (tmp_path / "cpu_die.toml").write_text("")
    with pytest.raises(FileError, match=r"there is no such file; did you mean .*cpu_die\.toml") as caught:
        load(tmp_path / "cpu_dei.toml")
    assert caught.value.exit_code == 4
    with pytest.raises(FileError, match="there is no such file"):
        load(tmp_path / "nowhere" / "x.toml")


def test_directory(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="is a directory"):
        load(tmp_path)


def test_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "latin.toml"
    path.write_bytes('# one\ntitle = "5 µm"\n'.encode("latin-1"))
    with pytest.raises(FileError, match=r"latin\.toml:2: not UTF-8 text"):
        load(path)


def test_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret.toml"
    path.write_text("")

    def refuse(self: Path, mode: str) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(FileError, match=r"secret\.toml: cannot be read: Permission denied"):
        load(path)


@pytest.mark.parametrize("kind", ["device", "pipe"])
def test_what_is_no_file_is_not_read(kind: str, tmp_path: Path) -> None:
    path = Path("/dev/zero")
    if kind == "pipe":
        path = tmp_path / "pipe.toml"
        os.mkfifo(path)
    with pytest.raises(FileError, match=rf"{path.name}: is a pipe or a device; give a case file") as caught:
        load(path)
    assert caught.value.exit_code == 4


def test_no_more_than_the_limit_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "LARGEST", 100)
    path = tmp_path / "large.toml"
    path.write_bytes(b"#" * 101)
    with pytest.raises(FileError, match=r"large\.toml: too large to be a case file"):
        load(path)
    path.write_bytes(b"#" * 100)
    with pytest.raises(InputError, match="geometry: missing"):
        load(path)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('title = "a"\ntitle = "b"', 2, "title: given already, in line 1; keep one of the two"),
        ('[geometry]\nkind = "slab"\n[geometry]', 3, "geometry: given already, in line 1;"),
        ("layers = [\n{ heat = 1, heat = 2 }]", 2, "layers.0.heat: given already, in line 2;"),
        ('[[layers]]\nname = """a\nb"""\nname = "c"', 4, "layers.0.name: given already, in line 2;"),
        ('[materials."a.b"]\n[materials."a.b"]', 2, 'materials."a.b": given already, in line 1;'),
        ("mesh.x = 3\nmesh.z = 4\nmesh.x = 5", 3, "mesh.x: given already, in line 1;"),
    ],
)
def test_a_key_given_twice_is_named(text: str, line: int, words: str, tmp_path: Path) -> None:
    path = tmp_path / "twice.toml"
    path.write_text(text)
    with pytest.raises(CaseError) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}:{line}: {words}")
    assert len(caught.value.problems) == 1


def test_byte_order_mark_and_windows_lines(tmp_path: Path) -> None:
    path = tmp_path / "windows.toml"
    text = (CASES / "cpu_die.toml").read_text(encoding="utf-8").replace("\n", "\r\n")
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert load(path).stack == load(CASES / "cpu_die.toml").stack


def test_messages_without_the_line_finder(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "tree_sitter_toml", None)
    with pytest.raises(CaseError) as caught:
        load(BAD / "bare_number.toml")
    assert caught.value.problems[0].line is None
    assert 'layers.0.thickness = 0.5: give a unit, for example "0.5 mm"' in str(caught.value)


# Anything at all ------------------------------------------------------------------------------------

JUNK: list[Any] = [
    *(True, 0, -1, 3.5, float("nan"), float("inf"), 10**30, 10**400, 1e308),
    *(
        "",
        "x",
        "0.5 mm",
        "3 W",
        "300 K",
        "-3 m",
        "1e308 m",
        "plane",
        "sphere",
        "axisymmetric",
        "silicon",
        "a|b",
    ),
    *("fill", "die[3]", "die[99999999999999999999999]", "steady", "\x00"),
    *([], {}, [1], ["a", "b"], ["1 mm", "2 mm"], [{}], {"x": 1}, [[]], [{"name": "x"}]),
    *({"table": [[1, 2], 3]}, {"table": 5, "between": 3}, {"through": "1 W/(m*K)", "lateral": []}),
    *({"z": "1 mm"}, {"model": "dmm"}, {"value": "3 W/(m*K)"}),
]
KEYS = ("x", "r", "z", "name", "heat", "layers", "repeat", "between", "region", "patches", "at", "of", "fill")


def _places(data: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield (*above, key)
        yield from _places(value, (*above, key))


@pytest.mark.parametrize("seed", range(8))
def test_damaged_cases_are_refused_or_read(seed: int) -> None:
    """Never anything but a Case or an InputError that tells its problems."""
    chance = random.Random(seed)
    originals = [load(path).data for path in sorted(CASES.glob("*.toml"))]
    for _ in range(60):
        data = deepcopy(chance.choice(originals))
        for _ in range(chance.randint(1, 3)):
            path = chance.choice(list(_places(data)))
            parent: Any = data
            for part in path[:-1]:
                parent = parent[part]
            if isinstance(parent, dict) and chance.random() < 0.3:
                parent[chance.choice(KEYS)] = deepcopy(chance.choice(JUNK))
            elif chance.random() < 0.2:
                del parent[path[-1]]
            else:
                parent[path[-1]] = deepcopy(chance.choice(JUNK))
            if not list(_places(data)):
                break
        with suppress(CaseError):
            Case.from_dict(data)


# Problems found later -------------------------------------------------------------------------------


def test_what_the_stack_finds_wrong_is_located() -> None:
    case = load(CASES / "package.toml")
    told = case.located(InputError("interfaces.1.between: do not touch\nprobes.0.layer: painted over"))
    assert isinstance(told, CaseError)
    lines = case.text.splitlines()
    assert [(p.path, lines[(p.line or 0) - 1].split(" =")[0]) for p in told.problems] == [
        ("interfaces.1.between", "between"),
        ("probes.0.layer", "layer"),
    ]
    assert "do not touch" in str(told)
    for text in ("die: its heat has nowhere to go", "no path at all", "probes.nobody.at: lies nowhere"):
        assert str(case.located(InputError(text))) == f"{case.path}: {text}"
    both = case.located(InputError("interfaces.1: this\nand that"))
    assert isinstance(both, CaseError)
    assert [(p.path, p.message, p.line is None) for p in both.problems] == [
        ("", "and that", True),
        ("interfaces.1", "this", False),
    ]
    assert case.located(both) is both
    nowhere = Case.from_dict(case.data).located(InputError("interfaces.1.between: do not touch"))
    assert str(nowhere) == "interfaces.1.between: do not touch"
    changed = case.replace({"title": "other"}).located(InputError("interfaces.1.between: do not touch"))
    assert str(changed) == f"{case.path}: interfaces.1.between: do not touch"


NAMED = """\
[geometry]
kind = "plane"
width = "5 mm"
[materials.silicon]
conductivity = "130 W/(m*K)"
[materials."glue 1.5: x"]
conductivity = "2 W/(m*K)"
[[layers]]
name = "die"
material = "silicon"
thickness = "0.4 mm"
heat = "3 W"
[[layers]]
material = "glue 1.5: x"
thickness = "0.2 mm"
[[layers]]
repeat = 3
layers = [
  { material = "copper", thickness = "20 um" },
  { name = "barrier", material = "silicon", thickness = "30 um" },
  { material = "copper", thickness = "50 um" },
]
[[regions]]
name = "die.part"
material = "copper"
z = ["0.1 mm", "0.2 mm"]
[[interfaces]]
between = ["die", "glue 1.5: x"]
resistance = "0.7 cm^2*K/W"
[[sources]]
layer = "die"
heat = "2 W"
x = ["1 mm", "2 mm"]
[[sources]]
name = "core"
layer = "die"
heat = "4 W"
[boundary.top]
temperature = "300 K"
[[boundary.top.patches]]
x = ["0 mm", "1 mm"]
temperature = "310 K"
[[boundary.top.patches]]
x = ["2 mm", "3 mm"]
heat = "1 W"
[[probes]]
name = "tip"
at = { x = "2 mm", z = "0.3 mm" }
"""


@pytest.mark.parametrize(
    ("path", "line", "shown"),
    [
        ("layers.die.heat", 12, "layers.0.heat"),
        ("layers.0.heat", 12, "layers.0.heat"),
        ("layers.die.cells", 8, "layers.0.cells"),
        ("layers.die", 8, "layers.0"),
        ("layers", 8, "layers"),
        ("layers.glue 1.5: x.thickness", 15, "layers.1.thickness"),
        ("layers.barrier[2].thickness", 20, "layers.2.layers.1.thickness"),
        ("layers.copper[2].thickness", 21, "layers.2.layers.2.thickness"),
        ("layers.copper[5]", 19, "layers.2.layers.0"),
        ("layers.2.layers.1", 20, "layers.2.layers.1"),
        ("regions.die.part.z", 26, "regions.0.z"),
        ("interfaces.0", 27, "interfaces.0"),
        ("interfaces.glue 1.5: x|die.resistance", 29, "interfaces.0.resistance"),
        ("sources.0.x", 33, "sources.0.x"),
        ("sources.source 1.x", 33, "sources.0.x"),
        ("sources.core.heat", 37, "sources.1.heat"),
        ("boundary.top.patches.1", 43, "boundary.top.patches.1"),
        ("boundary.top.patches.1.x", 44, "boundary.top.patches.1.x"),
        ("boundary.bottom", 38, "boundary.bottom"),
        ("probes.tip.at", 48, "probes.0.at"),
        ("materials.silicon.conductivity", 5, "materials.silicon.conductivity"),
        ("materials.glue 1.5: x.density", 6, 'materials."glue 1.5: x".density'),
        ("mesh.x", 1, "mesh.x"),
    ],
)
def test_pieces_are_found_by_number_and_by_name(path: str, line: int, shown: str, tmp_path: Path) -> None:
    file = tmp_path / "named.toml"
    file.write_text(NAMED)
    told = load(file).located(InputError(f"{path}: 3 W: nothing there, so: no"))
    assert str(told) == f"{file}:{line}: {shown}: 3 W: nothing there, so: no"


def test_nested_without_end(tmp_path: Path) -> None:
    row: dict[str, Any] = {"material": "silicon", "thickness": "1 mm"}
    for _ in range(2000):
        row = {"repeat": 1, "layers": [row]}
    with pytest.raises(InputError, match="the case: nested too deeply"):
        Case.from_dict({"layers": [row]})
    path = tmp_path / "deep.toml"
    path.write_text("layers = " + "[" * 3000 + "]" * 3000)
    with pytest.raises(InputError, match=r"deep\.toml: nested too deeply"):
        load(path)

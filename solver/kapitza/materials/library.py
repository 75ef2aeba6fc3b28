"""The library of materials: data with a source for every number.

One TOML file per material in ``data/``, named as the material, in SI numbers and with the keys of a case
file's ``[materials.X]``. ``aliases.toml`` lists the other names (chemical symbols, common names, spellings),
one ``"alias" = "name"`` a line. ``references.toml`` holds the works cited: ``@key`` in a source stands for one.

A name is looked for as written (TiN is not tin), then with upper and lower case, and space, underscore and
hyphen, taken as the same.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from kapitza.errors import InputError
from kapitza.materials.build import build
from kapitza.materials.material import Material

DATA = Path(__file__).with_name("data")
INDEXES = ("aliases", "references")


def names() -> list[str]:
    """Canonical names of all materials, sorted."""
    return sorted(path.stem for path in DATA.glob("*.toml") if path.stem not in INDEXES)


@cache
def aliases() -> Mapping[str, str]:
    """Other names -> canonical name, as written."""
    return _read("aliases")


def canonical(name: str) -> str | None:
    """Name under which the library knows ``name`` (itself, or an alias); None if it does not."""
    return aliases().get(name) or _canonical().get(_fold(name))


@cache
def material(name: str) -> Material:
    """The material called ``name``, or with that alias.

    Raises InputError, with the nearest names, if there is none."""
    found = canonical(name)
    if found is None:
        near = difflib.get_close_matches(_fold(name), list(_canonical()), 4, 0.7)
        nearest = list(dict.fromkeys(_canonical()[key] for key in near))
        hint = f"; the nearest names are {', '.join(nearest)}" if nearest else ""
        raise InputError(
            f'material "{name}" is not in the library{hint}. '
            "Define it under [materials] in the case, or see all names with: kapitza materials"
        )
    if found != name:
        return material(found)
    entry = _read(found)
    entry["sources"] = {key: _cite(text) for key, text in entry.get("sources", {}).items()}
    return build(found, entry, _si)


def entries() -> list[Material]:
    """All materials, in the order of `names`."""
    return [material(name) for name in names()]


@cache
def _canonical() -> Mapping[str, str]:
    """Folded name or alias -> canonical name."""
    own = {_fold(name): name for name in names()}
    return {_fold(alias): name for alias, name in aliases().items()} | own


@cache
def _references() -> Mapping[str, str]:
    return _read("references")


def _cite(text: str) -> str:
    """``text`` with every @key replaced by the work it stands for."""
    return re.sub(r"@([a-z0-9-]+)", lambda match: _references()[match[1]], text)


def _fold(name: str) -> str:
    return re.sub(r"[\s_-]+", "-", name.strip().lower())


def _read(stem: str) -> dict[str, Any]:
    return tomllib.loads((DATA / f"{stem}.toml").read_text(encoding="utf-8"))


def _si(value: Any, unit: str, key: str) -> float:
    return float(value)

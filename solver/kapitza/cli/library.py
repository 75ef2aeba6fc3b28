"""`materials`: the library as a list, and one entry with its sources."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from kapitza.cli.answer import Answer
from kapitza.cli.screen import show


def list_materials(*, json: bool) -> Answer | None:
    """All materials of the library."""
    from kapitza.materials import library

    if json:
        return {"materials": {entry.name: _answer(entry) for entry in library.entries()}}
    from kapitza.output.table import materials_table

    show(materials_table(library.entries()))
    show("", "Conductivity k and specific heat c_p at 300 K, unless another temperature is given.")
    show("`kapitza materials NAME` shows everything known of one, with its sources.")
    return None


def show_material(name: str, *, json: bool) -> Answer | None:
    """One material. Raises InputError, with the nearest names, if the library has none such."""
    from kapitza.materials import library
    from kapitza.materials.material import UNITS

    material = library.material(name)
    if json:
        return _answer(material)
    from kapitza.output.table import material_report

    show(*material_report(material, UNITS))
    return None


def _answer(material: Any) -> dict[str, Any]:
    from kapitza.materials.material import UNITS

    properties = {
        key: {
            "value": value if isinstance(value, float) else _law(value),
            "unit": UNITS[key],
            "source": material.sources.get(key, ""),
            "uncertain": key in material.uncertain,
        }
        for key, value in material.properties().items()
    }
    return {
        "name": material.name,
        "category": material.category,
        "properties": properties,
        "source": material.source,
        "note": material.note,
    }


def _law(law: Any) -> dict[str, Any]:
    """A function of temperature as data; of solid and liquid, both."""
    values = {field.name: getattr(law, field.name) for field in fields(law)}
    parts = {key: _law(value) if hasattr(value, "valid") else value for key, value in values.items()}
    return {"kind": type(law).__name__.lower(), **parts}

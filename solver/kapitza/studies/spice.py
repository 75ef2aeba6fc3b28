"""Thermal impedance as text for other programs: SPICE subcircuits and CSV tables.

Kelvin is volt, watt ampere, so K/W is ohm and J/K farad.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from kapitza.errors import InputError
from kapitza.studies.cauer import Cauer
from kapitza.studies.foster import Foster


def spice_foster(network: Foster, title: str = "", name: str = "zth_foster") -> str:
    """A Foster network as a SPICE subcircuit with the nodes junction and ambient; ends in a new line.

    Drive it with a current source into junction; ambient may be node 0 or a source of its temperature.
    """
    pairs = [
        (f"R{k} {here} {there} {R:.12g}", f"C{k} {here} {there} {C:.12g}")
        for k, (R, C, here, there) in enumerate(
            zip(network.R, network.C, *_chain(network.R.size), strict=True), 1
        )
    ]
    about = "Foster network: its inner nodes are no places in the stack; nothing may be connected to them"
    return _circuit(name, title, [about, *_error(network)], pairs)


def spice_cauer(
    network: Cauer, title: str = "", name: str = "zth_cauer", source: Foster | None = None
) -> str:
    """A Cauer ladder as a SPICE subcircuit with the nodes junction and ambient; ends in a new line.

    Its capacities go to the global node 0, so that ambient may be a source or the start of another ladder.
    source : the Foster network it is equivalent to, whose error is told.
    """
    pairs = [
        (f"C{k} {here} 0 {C:.12g}", f"R{k} {here} {there} {R:.12g}")
        for k, (R, C, here, there) in enumerate(
            zip(network.R, network.C, *_chain(network.R.size), strict=True), 1
        )
    ]
    about = "Cauer ladder: its nodes follow the heat path, and another ladder may go on from ambient"
    return _circuit(name, title, [about, *(_error(source) if source else [])], pairs)


def csv(columns: Mapping[str, npt.ArrayLike], comments: Sequence[str] = ()) -> str:
    """A CSV table: comments after #, a line of names, the rows; RFC 4180 with \\n. Columns must be equally long."""
    arrays = [np.asarray(column, dtype=float) for column in columns.values()]
    if len({a.shape for a in arrays}) != 1 or arrays[0].ndim != 1:
        raise InputError(f"CSV: the columns {', '.join(columns)} are not equally long")
    lines = [f"# {_plain(comment)}" for comment in comments]
    lines.append(",".join(columns))
    lines += [",".join(repr(float(value)) for value in row) for row in zip(*arrays, strict=True)]
    return "\n".join(lines) + "\n"


def _chain(n: int) -> tuple[list[str], list[str]]:
    """Names of the nodes before and behind each of ``n`` elements from junction to ambient."""
    nodes = ["junction", *(f"n{k}" for k in range(1, n)), "ambient"]
    return nodes[:-1], nodes[1:]


def _error(network: Foster) -> list[str]:
    if not network.error:
        return []
    said = [f"largest deviation from the computed Zth: {network.within}"]
    if not network.passive:
        said.append(
            "the probe is not where the heat enters: elements of either sign give its temperature, no circuit that "
            "could be built"
        )
    return said


def _circuit(name: str, title: str, comments: Iterable[str], pairs: Iterable[tuple[str, str]]) -> str:
    if not re.fullmatch(r"[A-Za-z]\w*", name, re.ASCII):
        raise InputError(f"SPICE: {name!r} is no name of a subcircuit; use letters, digits and underscores")
    heads = [f"* {_plain(text)}" for text in (title, *comments) if text]
    units = "* 1 V = 1 K, 1 A = 1 W, 1 ohm = 1 K/W, 1 F = 1 J/K; the power is a current source into junction"
    body = [line for pair in pairs for line in pair]
    return "\n".join([*heads, units, f".SUBCKT {name} junction ambient", *body, f".ENDS {name}"]) + "\n"


def _plain(text: str) -> str:
    """One line of ``text``: a line break would end the comment."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())

"""Keys of a case fitted to measured data by least squares, with what the data know of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from kapitza.case import Case
from kapitza.case.amounts import amount
from kapitza.case.edit import value_at
from kapitza.case.fit_data import read_data
from kapitza.case.fit_plan import Plan
from kapitza.case.fit_reader import plan
from kapitza.case.tables_fit import FitTable
from kapitza.case.validate import validated
from kapitza.errors import InputError, PhysicsError
from kapitza.layout import Floats
from kapitza.studies import fit_courses, fit_statistics
from kapitza.studies.fit_contacts import contacts
from kapitza.studies.fit_model import Model
from kapitza.studies.fit_quality import systematic
from kapitza.studies.fit_result import Estimate, Fit, Measured
from kapitza.studies.fit_said import doubts, opposite, warnings_of
from kapitza.studies.fit_search import TOLERANCE, Found, settled
from kapitza.studies.fit_starts import Searched, searched
from kapitza.studies.fit_statistics import Spread
from kapitza.studies.fit_variables import Variables

PULL = 0.03
EXACT = 1e-12  # variance in units of the least scatter: of data that are met to the last bit
LOST = 3.0  # standard error of a logarithm from which an interval says nothing
FINE = 1e-2  # of a standard error: written values are rounded to this


def fit(case: Case, data: Path | str | Mapping[str, Any]) -> Fit:
    """The keys in [fit] of ``case`` fitted to ``data``: a CSV file, or columns of numbers in the units of [fit].

    Raises InputError where [fit] or the data are wrong, FileError where the file cannot be read, PhysicsError where a
    run fails or the fit does not converge.
    """
    table, wanted = _plan(case)
    read = read_data(wanted, table, data)
    model = Model(case, wanted, read)
    search = searched(model)
    if _spread(
        model, search.found, everything=True
    ).degenerate:  # of all that fit alike, the nearest to the start
        search = replace(search, found=_nearest(model, search))
    return _result(case, model, search)


def _plan(case: Case) -> tuple[FitTable, Plan]:
    folder = case.path.parent if case.path is not None else None
    table = validated(case.data, folder)[0].fit
    if table is None:
        raise InputError(
            "the case has no [fit]; it says which keys are fitted and what the columns of the data are, for "
            'example [fit.parameters] "interfaces.0.conductance" = {}'
        )
    return table, plan(table, case.data)


def _nearest(model: Model, search: Searched) -> Found:
    """Of what fits as well as what was found, the nearest to the values of the case, as far as a search gets there."""
    try:
        return settled(model, PULL, search.found.inner if search.moved else None)
    except PhysicsError:
        return search.found


def _spread(model: Model, found: Found, everything: bool = False) -> Spread:
    """everything : those that are held at a bound as well"""
    variables = model.variables
    values = variables.values(found.inner)
    freedom, known = _freedom(model, found), _known(model)
    square = float(((model.residual(found.prediction) / found.sigma) ** 2).sum())
    variance = 1.0 if known or freedom <= 0 else max(square / freedom, EXACT)
    relative = variables.slope(values) / np.where(values == 0.0, 1.0, values)  # d ln value / d inner
    free = [everything or not bound for bound in variables.at_bound(found.inner)]
    half = fit_statistics.quantile(max(freedom, 1), known)
    columns, noise = len(model.plan.results), fit_statistics.NOISE[model.plan.mode]
    return fit_statistics.spread(found.J / relative, found.sigma, columns, variance, free, noise, half)


def _freedom(model: Model, found: Found) -> int:
    """Measured numbers beyond the combinations of parameters that they determine."""
    columns, noise = len(model.plan.results), fit_statistics.NOISE[model.plan.mode]
    return model.size - fit_statistics.rank(found.J, columns, noise)


def _known(model: Model) -> bool:
    return all(model.data.sigma[c.name] is not None for c in model.plan.results)


def _result(case: Case, model: Model, search: Searched) -> Fit:
    found = search.found
    variables, plan_ = model.variables, model.plan
    spread = _spread(model, found)
    starts = np.array([p.start for p in plan_.parameters])
    values = np.where(
        found.inner == variables.start, starts, variables.values(found.inner)
    )  # to the last bit
    rest = model.residual(found.prediction)
    freedom = _freedom(model, found)
    bound = variables.at_bound(found.inner)
    estimates = tuple(_estimate(variables, values, spread, bound, j) for j in range(len(values)))
    fitted = case.with_values(_rounded(estimates, variables, values, case.data))
    measured = _measured(model, found, rest)
    lines, without = contacts(model, found, values)
    chi2 = float(((rest / found.sigma) ** 2).sum()) if _known(model) else None
    return Fit(
        title=model.base.stack.title,
        source=model.data.source,
        parameters=estimates,
        correlation=spread.correlation,
        measured=measured,
        axis=fit_courses.axis_of(model),
        chi2=chi2,
        freedom=freedom,
        degenerate=spread.degenerate,
        idle=spread.idle,
        lines=tuple(lines),
        unlined=tuple(without),
        warnings=(
            *(opposite(one) for one in search.phases),
            *warnings_of(estimates, spread, _spread(model, found, everything=True), lines),
            *doubts(chi2, freedom, systematic(model, rest), search),
        ),
        case=fitted,
        geometry=model.base.stack.geometry.kind,
        mode=plan_.mode,
        iterations=found.iterations,
        solved=model.solved,
        derivatives=found.derivatives,
        courses=lambda: fit_courses.courses(model, values),
    )


def _estimate(variables: Variables, values: Floats, spread: Spread, bound: list[str], j: int) -> Estimate:
    parameter, value = variables.parameters[j], float(values[j])
    part = max(float(spread.error[j]), TOLERANCE) if np.isfinite(spread.error[j]) else np.inf
    error, interval = None, None
    if np.isfinite(part):
        size = abs(value) if value != 0.0 else 1.0
        error = part * size
        if parameter.log and part > LOST:
            interval = None
        elif parameter.log:
            interval = (
                value * float(np.exp(-spread.quantile * part)),
                value * float(np.exp(spread.quantile * part)),
            )
        else:
            interval = value - spread.quantile * error, value + spread.quantile * error
    scale = parameter.written.scale
    return Estimate(
        parameter.path, value, error, interval, parameter.start, bound[j], parameter.log,
        parameter.written.unit, float(scale.factor), float(scale.offset),
    )  # fmt: skip


def _rounded(
    estimates: tuple[Estimate, ...], variables: Variables, values: Floats, data: Mapping[str, Any]
) -> dict[str, str | float]:
    """Values as a case takes them, without digits that the data do not know; not those that ``data`` have already."""
    exact, found = variables.texts(values), {}
    for one in estimates:
        digits = 6
        if one.error and one.number != 0.0:
            size = np.floor(np.log10(abs(one.number))) - np.floor(np.log10(FINE * one.error / one.factor))
            digits = int(np.clip(size, 3, 15))
        if one.value == one.start:
            if amount(value_at(data, one.path) or 0.0)[0] != one.value:
                found[one.path] = exact[one.path]
            continue
        number = float(f"{one.number:.{digits}g}")
        text = f"{number:.{digits}g} {one.unit}" if one.unit else number
        found[one.path] = text if np.isfinite(number) else exact[one.path]
    return found


def _measured(model: Model, found: Found, rest: Floats) -> tuple[Measured, ...]:
    n = model.data.rows
    columns = []
    for i, column in enumerate(model.plan.results):
        here = slice(i * n, (i + 1) * n)
        data = model.data.values[column.name]
        scale = column.written.scale
        columns.append(
            Measured(
                name=column.name,
                what=(column.part and f"{column.part} of {column.probe or 'temperature'}")
                or column.probe
                or column.result,
                unit=column.written.unit,
                factor=float(scale.factor),
                offset=float(scale.offset),
                data=data,
                fitted=data + rest[here],
                residual=rest[here],
                sigma=found.sigma[here],
                known=model.data.sigma[column.name] is not None,
            )
        )
    return tuple(columns)

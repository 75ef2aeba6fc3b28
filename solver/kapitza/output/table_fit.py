"""The tables of a fit: parameters with errors and intervals, correlations, residuals, lines up to contacts."""

from __future__ import annotations

import math

from rich.table import Table

from kapitza.output.labels import KELVINS, scaled
from kapitza.output.readable import fixed, plain
from kapitza.output.table import plain_table
from kapitza.studies.fit_lines import Extrapolated
from kapitza.studies.fit_result import Estimate, Fit, Measured

DIGITS = 2  # of a standard error
MOST = 7  # digits of a number
LISTED = 5
BY = {
    "case": "flux from the heat that the case sets",
    "slopes": "flux from both slopes, with the conductivities of the case",
    "slope": "flux from the one slope whose conductivity is not fitted",
}
SIDES = {"case": "set by the case", "below": "by the slope below", "above": "by the slope above"}
LONGEST = 12  # parameters whose correlations are shown


def fit_report(found: Fit) -> list[Table | str]:
    """What `kapitza fit` prints."""
    points = sum(len(one.data) for one in found.measured)
    p = len(found.parameters)
    title = f"{found.title or 'fit'}, fitted to {found.source} ({points} points, {p} parameter{'s' if p > 1 else ''})"
    report: list[Table | str] = [title, "", _parameters(found), ""]
    if 2 <= p <= LONGEST:
        report += [_correlations(found), ""]
    report += [_residuals(found), "", _quality(found)]
    if found.lines:
        report += ["", "two straight lines, extrapolated to the contact:", _lines(found.lines)]
        report += list(dict.fromkeys(BY[one.by] for one in found.lines))
        report += [_fluxes(one) for one in found.lines if len(one.fluxes) > 1]
    if found.unlined:
        report.append("")
        report += [f"no straight lines to {one.name}: {one.why}" for one in found.unlined[:LISTED]]
        left = len(found.unlined) - LISTED
        report += [f"… and {left} more contacts"] if left > 0 else []
    report += [
        "",
        f"solver: {found.iterations} iterations, {found.solved:,} solutions, derivatives by {found.derivatives}",
    ]
    return report + [f"warning: {text}" for text in found.warnings]


def value_and_error(one: Estimate) -> tuple[str, str]:
    """The number with as many digits as its error has, in the unit of the case: ("259.8", "5.1"); of nearly exact ones
    no more than are read, ("259.8000", "2.6e-9")."""
    if one.error is None or one.error == 0.0:
        return plain(one.number, 3 if one.error is None else 5), "–"
    error = one.error / one.factor
    places = DIGITS - 1 - math.floor(math.log10(float(f"{error:.1e}")))
    power = math.floor(math.log10(abs(one.number))) if one.number != 0.0 else -places
    if (
        power + places < 0 or one.number == 0.0
    ):  # an error beyond ten times the number, or a number without a size
        return plain(one.number, DIGITS), plain(error, DIGITS)
    written = 0 <= places <= MOST and -3 <= power < 6
    if power + places + 1 > MOST:
        shown = f"{one.number:.{max(MOST - 1 - power, 0)}f}" if -3 <= power < 6 else plain(one.number, MOST)
        return shown, plain(error, DIGITS)
    if written or (places < 0 and -3 <= power < 6):
        shown_places = max(places, 0)
        return f"{one.number:.{shown_places}f}", f"{error:.{shown_places}f}"
    shown_places = places + power
    return (
        f"{one.number / 10.0**power:.{shown_places}f}e{power}",
        f"{error / 10.0**power:.{shown_places}f}e{power}",
    )


def interval(one: Estimate) -> str:
    if one.interval is None:
        return "not determined" if not one.bound else f"at its {one.bound} value"
    low, high = ((end - one.offset) / one.factor for end in one.interval)
    width, size = max(high - low, 1e-300), max(abs(low), abs(high), 1e-300)
    digits = 2 + max(0, math.floor(math.log10(size / width)))
    if digits > MOST:
        return f"within ± {plain(0.5 * width, DIGITS)}"
    places = 1 - math.floor(math.log10(width))
    if 0 <= places <= MOST and abs(high) < 1e6:
        return f"{fixed(low, places)} to {fixed(high, places)}"
    return f"{plain(low, digits + 1)} to {plain(high, digits + 1)}"


def _parameters(found: Fit) -> Table:
    table = plain_table()
    table.add_column("parameter")
    for name in ("value", "standard error", "95 % interval"):
        table.add_column(name, justify="right")
    table.add_column("unit")
    for one in found.parameters:
        table.add_row(one.path, *value_and_error(one), interval(one), one.unit or "–")
    return table


def _correlations(found: Fit) -> Table:
    table = plain_table()
    table.add_column("correlation")
    for j in range(1, len(found.parameters)):
        table.add_column(f"({j})", justify="right")
    for i, one in enumerate(found.parameters):
        row = [f"({i + 1}) {one.path}"]
        for j in range(min(i, len(found.parameters) - 1)):
            value = float(found.correlation[i, j])
            row.append("–" if math.isnan(value) else f"{value:+.3f}")
        table.add_row(*row)
    return table


def _residuals(found: Fit) -> Table:
    table = plain_table()
    table.add_column("data")
    table.add_column("measures")
    for name in ("points", "scatter", "given sigma", "largest residual"):
        table.add_column(name, justify="right")
    table.add_column("unit")
    for one in found.measured:
        worst = float(abs(one.residual).max()) / one.factor
        sigma = float((one.sigma**2).mean() ** 0.5) / one.factor
        table.add_row(
            one.name,
            one.what.replace("_", " "),
            str(len(one.data)),
            plain(one.scatter / one.factor, 3),
            plain(sigma, 3) if one.known else "–",
            plain(worst, 3),
            difference_unit(one),
        )
    return table


def difference_unit(one: Measured) -> str:
    """Unit of a residual: of a temperature in °C a kelvin."""
    return "K" if one.offset else one.unit or "–"


def _quality(found: Fit) -> str:
    if found.chi2 is None or found.reduced is None:
        return (
            f"{found.freedom} degrees of freedom; the errors are from the scatter of the residuals (Student's t)"
            if found.freedom
            else "as many data as parameters: nothing is left over to judge the fit by"
        )
    return (
        f"chi² {plain(found.chi2, 3)} for {found.freedom} degrees of freedom, {plain(found.reduced, 3)} each "
        f"(probability of more: {plain(found.chance, 2)}); the errors are from the given sigma"
    )


def _fluxes(one: Extrapolated) -> str:
    """What is said of the flux on both sides: "a|b: 5.01e4 ± 320 W/m² below, …"."""
    said = [
        f"{plain(flux.value, 4)}{f' ± {plain(flux.error, 2)}' if flux.error else ''} {SIDES[flux.side]}"
        for flux in one.fluxes
    ]
    return f"{_called(one)}: flux (W/m²) {', '.join(said)}"


def _jump(one: Extrapolated) -> str:
    error = f" ± {scaled(one.jump_error, KELVINS, 2)}" if one.jump_error * KELVINS[-1][1] >= 1.0 else ""
    return scaled(one.jump, KELVINS) + error


def _called(one: Extrapolated) -> str:
    return f"{one.name}, {one.told}" if one.told else one.name


def _lines(lines: tuple[Extrapolated, ...]) -> Table:
    table = plain_table()
    table.add_column("contact")
    for name in (
        "points",
        "jump",
        "flux (W/m²)",
        "R (m²K/W)",
        "G (W/(m²K))",
        "95 % interval of R",
        "R of the fit",
    ):
        table.add_column(name, justify="right")
    for one in lines:
        low, high = (one.resistance + sign * one.half * one.resistance_error for sign in (-1, 1))
        table.add_row(
            _called(one),
            f"{one.points[0]} + {one.points[1]}",
            _jump(one),
            plain(one.flux, 4) + (f" ± {plain(one.flux_error, 2)}" if one.flux_error else ""),
            f"{plain(one.resistance, 4)} ± {plain(one.resistance_error, 2)}",
            plain(one.conductance, 4),
            f"{plain(low, 4)} to {plain(high, 4)}",
            plain(one.fitted, 4),
        )
    return table

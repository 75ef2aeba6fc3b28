"""What a person must know of a fit before its numbers are used."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from kapitza.studies.fit_lines import Extrapolated
from kapitza.studies.fit_phase import Turned
from kapitza.studies.fit_quality import UNLIKELY, Systematic, chance_of
from kapitza.studies.fit_result import Estimate
from kapitza.studies.fit_starts import Searched
from kapitza.studies.fit_statistics import Combination, Degenerate, Spread

WHERE = {"below": "by the slope below", "above": "by the slope above", "case": "as the case sets it"}
WIDE = 0.5  # relative standard error


def warnings_of(
    estimates: Sequence[Estimate],
    spread: Spread,
    whole: Spread,
    lines: Sequence[Extrapolated],
) -> tuple[str, ...]:
    """Sentences, the most important first. whole : as if nothing were held at a bound"""
    return (
        *(_degenerate(one, estimates) for one in spread.degenerate),
        *(_idle(estimates[j]) for j in spread.idle),
        *(_bound(j, estimates, whole) for j, one in enumerate(estimates) if one.bound),
        *_alike(spread, estimates),
        *_wide(spread, estimates),
        *(_disagreeing(one) for one in lines if one.disagreeing is not None),
    )


def _degenerate(one: Degenerate, estimates: Sequence[Estimate]) -> str:
    names = [estimates[j].path for j in one.members]
    text = f"{_listed(names)} cannot be told apart by these data"
    if len(one.trade) == 1 and len(names) == 2:
        first, second = (float(x) for x in one.trade[0])
        if abs(first) > 1e-9:
            change = 100.0 * 0.01 * second / first
            way = "more" if change > 0 else "less"
            text += f": 1 % more of {names[0]} and {abs(change):.3g} % {way} of {names[1]} change nothing"
    if one.determined:
        found = _listed([_combination(c, names) for c in one.determined])
        text += f". What is determined is {found}"
    else:
        text += ". No combination of them is determined"
    return (
        text + ". Fix one of them, or measure what tells them apart (another thickness, place or frequency)"
    )


def _combination(one: Combination, names: Sequence[str]) -> str:
    """ "a · (b)^-0.62, to 0.4 %": near the values found, where products of powers are sums of relative changes."""
    kept = [(name, float(power)) for name, power in zip(names, one.powers, strict=True) if abs(power) > 1e-3]
    sign = math.copysign(1.0, kept[0][1])
    powers = [
        name if abs(sign * power - 1.0) < 5e-4 else f"({name})^{sign * power:.3g}" for name, power in kept
    ]
    return f"{' · '.join(powers)} near the values found, to {100.0 * one.error:.2g} %"


def _idle(one: Estimate) -> str:
    if one.value == one.start:
        return (
            f"{one.path} has no effect on what was measured and keeps its start value, {_number(one)}; leave it "
            "out, or measure where it has one"
        )
    return (
        f"{one.path} ran to {_number(one)}, where it has no effect on what was measured; give between, or leave "
        "it out"
    )


def _bound(j: int, estimates: Sequence[Estimate], whole: Spread) -> str:
    one = estimates[j]
    where = f"{one.path} ended at its {one.bound} value, {_number(one)}"
    alike = next((group.members for group in whole.degenerate if j in group.members), ())
    others = [estimates[k].path for k in alike if k != j]
    if others:
        return (
            f"{where}, and these data cannot tell it apart from {_listed(others)}: the errors of the others hold it "
            "there. Fix it, or measure what tells them apart"
        )
    return f"{where}: the data want it beyond. Its error is not known, and those of the others hold it there"


def _alike(spread: Spread, estimates: Sequence[Estimate]) -> Iterator[str]:
    for i, j, correlation in spread.alike:
        yield (
            f"{estimates[i].path} and {estimates[j].path} are hard to tell apart: their correlation is "
            f"{correlation:+.4f}, so each error holds for both moving together"
        )


def _wide(spread: Spread, estimates: Sequence[Estimate]) -> Iterator[str]:
    for one, part in zip(estimates, spread.error, strict=True):
        if one.log and math.isfinite(part) and one.interval is None:
            yield (
                f"{one.path} ran to {_number(one)}, where it no longer matters: the data tell only that it is as "
                "small, or as large; give between, or leave it out"
            )
        elif one.log and math.isfinite(part) and part > WIDE:
            yield (
                f"{one.path} is hardly determined: a standard error of {100.0 * part:.0f} % of its value; the "
                "interval is that of its logarithm, and only as good as a straight line over it"
            )


def opposite(one: Turned) -> str:
    return (
        f"{one.column}: with the signs turned its residuals would fall from {math.degrees(one.before):.3g} to "
        f"{math.degrees(one.after):.2g} degrees. Here a response that lags has a negative phase; turn the signs in the "
        "data if they count the other way"
    )


def doubts(chi2: float | None, freedom: int, order: Sequence[Systematic], search: Searched) -> Iterator[str]:
    """Whether the case describes the data; nothing where it is known why not."""
    if search.phases:
        return
    tried = search.tried
    chance = chance_of(chi2, freedom) if chi2 is not None and freedom > 0 else 1.0
    how = (
        f"the best of {tried} starts is no better"
        if tried > 1
        else "the search may have ended in a poor minimum"
    )
    if chi2 is not None and chance < UNLIKELY:
        yield (
            f"the residuals scatter {math.sqrt(chi2 / freedom):.3g} times as much as the given standard deviations "
            f"say (reduced chi² {chi2 / freedom:.3g}, by chance {_chance(chance)}): the case does not "
            f"describe the data, or sigma is too small; {how}. The errors are for the given ones"
        )
    for one in order:
        yield (
            f"{one.column}: the residuals are systematic, neighbours along {one.axis} are alike (correlation "
            f"{one.correlation:+.2f}, by chance {_chance(one.chance)}): the case does not describe the data; {how}. "
            "The errors are too small then"
        )
    if search.moved:
        yield (
            f"from the values of the case the search ended in a poorer minimum; this is the best of {tried} starts. "
            "Begin near it (start), or give between, and see whether it stays"
        )


def _chance(value: float) -> str:
    return f"with probability {value:.1g}" if value > 1e-12 else "practically never"


def _disagreeing(one: Extrapolated) -> str:
    name = f"{one.name}, {one.told}" if one.told else one.name
    said = _listed([f"{flux.value:.4g} W/m^2 {WHERE[flux.side]}" for flux in one.fluxes])
    return (
        f"{name}: the flux is {said}, which is more than the errors explain: heat is lost on the way, or a "
        "conductivity is wrong. The R of the two lines is as doubtful"
    )


def _number(one: Estimate) -> str:
    return f"{one.number:.4g} {one.unit}".strip()


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"

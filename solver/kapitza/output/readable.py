"""Numbers as people read them in a table: few characters, plain ASCII digits and signs."""

from __future__ import annotations

import math
from collections.abc import Sequence

BAR = 8


def fixed(value: float, decimals: int) -> str:
    """A number with so many decimals; zero has no sign, nor has what rounds to it."""
    text = f"{value:.{decimals}f}"
    return text.removeprefix("-") if not text.strip("-0.") else text


def drop_text(drop: float) -> str:
    """A difference of temperature in tenths of a kelvin, below one with two digits: 36.0, 7.6, 0.041, 2.5e-7."""
    if not math.isfinite(drop):
        return "–"
    if drop == 0.0 or not 1e-3 <= abs(drop) < 1e6:
        return plain(drop, 3)
    return fixed(drop, max(1, 1 - math.floor(math.log10(abs(float(f"{drop:.1e}"))))))


def aligned(texts: Sequence[str], width: int) -> list[str]:
    """Numbers padded on both sides, so that their points stand below each other, at least ``width`` wide."""
    behind = [len(text) - len(text.partition(".")[0]) for text in texts]
    padded = [text + " " * (max(behind, default=0) - own) for text, own in zip(texts, behind, strict=True)]
    width = max([width, *map(len, padded)])
    return [text.rjust(width) for text in padded]


def plain(value: float | None, digits: int = 4) -> str:
    """A number in few characters: 148, 0.025, 1.2e-4."""
    if value is None or math.isnan(value):
        return "–"
    if value == 0.0:
        return "0"
    if 1e-3 <= abs(value) < 1e6:
        text = f"{value:.{digits}g}"
        return text if "e" not in text else f"{value:.0f}"
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}e{int(exponent)}"


def bar(value: float, largest: float) -> str:
    """A bar of at most ``BAR`` characters, in eighths of one."""
    if not math.isfinite(value) or largest <= 0.0:
        return ""
    whole, rest = divmod(round(8 * BAR * value / largest), 8)
    return "█" * whole + (" ▏▎▍▌▋▊▉"[rest] if rest else "")


def duration(seconds: float) -> str:
    """A time as people say it, with two digits: 340 µs, 12 ms, 3.4 s, 5 min."""
    shown = float(f"{seconds:.1e}")
    if shown < 1e-6:
        return "< 1 µs"
    if shown < 120.0:
        unit, size = next((u, s) for u, s in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)) if shown >= s)
        return f"{shown / size:.{1 if shown < 9.95 * size else 0}f} {unit}"
    return f"{seconds / 60.0:.0f} min" if seconds < 7200.0 else f"{seconds / 3600.0:.1f} h"


def memory(amount: float) -> str:
    """Bytes as people say them: 40 kB, 85 MB, 2.4 GB, 7.1 TB."""
    for name, scale in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if amount >= scale or name == "kB":
            return f"{amount / scale:.{0 if scale < 1e9 else 1}f} {name}"
    raise AssertionError

"""Numbers as people read them in a table: few characters, plain ASCII digits and signs."""

from __future__ import annotations

import math

BAR = 8


def fixed(value: float, decimals: int) -> str:
    """A number with so many decimals; zero has no sign, nor has what rounds to it."""
    text = f"{value:.{decimals}f}"
    return text.removeprefix("-") if not text.strip("-0.") else text


def drop_decimals(largest: float) -> int:
    """Decimals that give the largest drop three digits: 36.0, 7.60, 0.452."""
    if largest == 0.0:
        return 1
    return min(9, max(0, 2 - math.floor(math.log10(float(f"{largest:.2e}")))))


def drop_text(drop: float, decimals: int) -> str:
    """A drop with the decimals of its column; with two digits where those would show nothing."""
    if not math.isfinite(drop):
        return "–"
    if 0.0 < abs(drop) < 0.5 * 10.0**-decimals:
        return plain(drop, 2)
    return fixed(drop, decimals)


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
    """A time as people say it: 12 ms, 3.4 s, 5 min."""
    if seconds < 1.0:
        return f"{1e3 * seconds:.0f} ms"
    return f"{seconds:.1f} s" if seconds < 120.0 else f"{seconds / 60.0:.0f} min"


def memory(amount: float) -> str:
    """Bytes as people say them: 85 MB, 2.4 GB, 7.1 TB."""
    for name, scale in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if amount >= scale or name == "MB":
            return f"{amount / scale:.{0 if name == 'MB' else 1}f} {name}"
    raise AssertionError

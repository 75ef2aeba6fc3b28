"""What commands hand to scripts: one JSON object on standard output, in which every number is finite."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping
from typing import Any

Answer = Mapping[str, Any]


def print_json(answer: Answer) -> None:
    """Write ``answer`` as one JSON object; numbers that JSON does not have (NaN, infinity) become null."""
    json.dump(finite(answer), sys.stdout, indent=2, allow_nan=False)
    sys.stdout.write("\n")
    sys.stdout.flush()


def finite(value: Any) -> Any:
    """``value`` with None for every NaN and infinity in it."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(item) for item in value]
    return value

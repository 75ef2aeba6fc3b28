"""What commands hand to scripts: one JSON object on standard output, in which every number is finite."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

from kapitza.output.finite import finite

Answer = Mapping[str, Any]


def print_json(answer: Answer) -> None:
    """Write ``answer`` as one JSON object; numbers that JSON does not have (NaN, infinity) become null.

    Letters stand as they are, escaped only for a standard output that cannot hold them.
    """
    plain = finite(answer)
    text = json.dumps(plain, indent=2, allow_nan=False, ensure_ascii=False)
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        text = json.dumps(plain, indent=2, allow_nan=False)
    print(text, flush=True)

"""`verify`: reference problems beside what the solver computes."""

from __future__ import annotations

from kapitza.cli.answer import Answer
from kapitza.cli.screen import show, working
from kapitza.errors import PhysicsError


def verify_problems(name: str | None, levels: int, *, json: bool) -> Answer | None:
    """Run one reference problem or all. Raises PhysicsError if one is missed."""
    from kapitza import verify

    with working("solving reference problems"):
        rows = list(verify.run(name, levels))
    missed = [row.name for row in rows if not row.passed]
    if json and not missed:
        return {"status": "ok", "rows": [vars(row) for row in rows]}
    from kapitza.output.table import verify_table

    show(verify_table(rows))
    if missed:
        raise PhysicsError(f"verify: {', '.join(missed)} missed the reference.")
    return None

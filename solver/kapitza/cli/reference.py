"""`verify`: reference problems beside what the solver computes."""

from __future__ import annotations

from dataclasses import asdict

from kapitza.cli.answer import Answer
from kapitza.cli.screen import show, working
from kapitza.errors import PhysicsError


class MissedError(PhysicsError):
    """A reference was missed; ``answer`` holds all rows for ``--json``."""

    def __init__(self, missed: list[str], answer: Answer) -> None:
        names = ", ".join(dict.fromkeys(missed))
        super().__init__(f"verify: the reference is missed by {names}; the rows marked FAIL say by how much.")
        self.answer = answer


def verify_problems(name: str | None, levels: int, *, json: bool) -> Answer | None:
    """Run one reference problem or all. Raises MissedError if a reference is missed."""
    from kapitza import verify

    with working("solving reference problems"):
        rows = verify.run(name, levels)
    missed = [row.problem for row in rows if not row.passed]
    answer = {"status": "missed" if missed else "ok", "rows": [asdict(row) for row in rows]}
    if not json:
        from kapitza.output.table import verify_table

        show(verify_table(rows), "")
        if name is not None:
            show(*dict.fromkeys(f"reference: {row.source}" for row in rows))
        show(f"{len(rows) - len(missed)} of {len(rows)} rows pass")
    if missed:
        raise MissedError(missed, answer)
    return answer if json else None

"""`new`: a commented case file to start from."""

from __future__ import annotations

from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path

from kapitza.cli.answer import Answer
from kapitza.cli.screen import show
from kapitza.errors import InputError
from kapitza.output.replace import Replacement


def templates() -> list[str]:
    """Names of all templates."""
    folder = files("kapitza") / "templates"
    return sorted(
        entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")
    )


def new_case(name: str, template: str, *, json: bool, force: bool) -> Answer | None:
    """Write ``template`` to the file ``name``; print or return its name.

    Raises InputError for an unknown template or an empty name, FileError if the file exists.
    """
    known = templates()
    if template not in known:
        near = get_close_matches(template, known, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise InputError(
            f'--template: there is no template "{template}"; there are {", ".join(known)}.{hint}'
        )
    if not name.removesuffix(".toml").strip() or Path(name).name in ("", ".toml"):
        raise InputError(f'NAME: "{name}" is no name for a file; give one, for example `kapitza new stack`.')
    path = Path(name if name.endswith(".toml") else f"{name}.toml")
    with Replacement(path, force) as draft:
        draft.sink.write((files("kapitza") / "templates" / f"{template}.toml").read_bytes())
        draft.seal()
        draft.place()
    if json:
        return {"status": "ok", "case": str(path), "template": template}
    show(f"wrote {path}; next: kapitza run {path}")
    return None

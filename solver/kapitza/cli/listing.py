"""`kapitza --help`: plain text. Frames drawn by rich take as long to load as all the rest of the help."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup


class Listing(TyperGroup):
    """Commands in the order of their definition, each with its whole sentence, wrapped where it is long."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        shown = [(name, command) for name, command in self.commands.items() if not command.hidden]
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.get_short_help_str(limit=1000)) for name, command in shown])

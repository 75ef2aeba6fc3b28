"""Values by channel: where [channels] names several temperatures per place, { electrons = …, phonons = … }."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic import ValidationInfo
from pydantic.json_schema import JsonSchemaValue

from kapitza.bychannel import SIGN, ByChannel, pair
from kapitza.case.fields import Kind, attempt, name_fault, simply, wrong
from kapitza.case.messages import Path, Trouble, joined, nearest

# Keys of functions of temperature and time, which a channel cannot have as its name.
RESERVED = (
    "through", "lateral", "solid", "liquid", "table", "between", "outside", "value", "at", "power", "slope", "steps",
    "ramp", "pulse", "on", "period", "start", "base", "csv", "time", "column", "unit", "fluence", "duration",
)  # fmt: skip


@dataclass(frozen=True)
class Channeled(Kind):
    """``kind``, or a table of it by channel; read as `ByChannel`.

    own : kind of one channel's value, where it differs · pairs : keys may be two channels, "electrons|phonons"
    """

    kind: Kind
    own: Kind | None = None
    pairs: bool = False

    @property
    def dimension(self) -> str | None:
        """That of ``kind``, by its name."""
        return getattr(self.kind, "dimension", None)

    def read(self, value: Any, info: ValidationInfo) -> Any:
        names = (info.context or {}).get("channels", ())
        if not isinstance(value, Mapping) or not _meant(value, names):
            return self.kind.read(value, info)
        troubles: list[Trouble] = []
        entries = []
        for key, item in value.items():
            at: Path = (key,)
            for name in dict.fromkeys(pair(key)):
                if name not in names:
                    message = joined(f"no channel is named '{name}'", nearest(name, list(names)))
                    troubles.append(Trouble(at, item, message))
            if SIGN in key and not self.pairs:
                troubles.append(Trouble(at, item, "takes one channel, not a pair"))
            read = partial((self.own or self.kind).read, item, info)
            entries.append((key, attempt(troubles, at, item, read)))
        if troubles:
            raise wrong(*troubles)
        return ByChannel(tuple(entries))

    def json(self) -> JsonSchemaValue:
        schema = self.kind.json()
        one = (self.own or self.kind).json()
        kinds = schema.get("anyOf") or [{key: value for key, value in schema.items() if key != "examples"}]
        told = {"type": "object", "description": "A value for each channel of [channels]"}
        by_channel = {**told, "additionalProperties": {k: v for k, v in one.items() if k != "examples"}}
        return {"anyOf": [*kinds, by_channel], "examples": schema.get("examples", [])}


def _meant(value: Mapping[str, Any], names: tuple[str, ...]) -> bool:
    """Whether a table is one of values by channel: a key names one, or none belongs to anything else."""
    named = any(name in names for key in value for name in pair(str(key)))
    return named or bool(names and value and not any(key in RESERVED for key in value))


@dataclass(frozen=True)
class ChannelNames(Kind):
    """Names of the channels, two at least."""

    def read(self, value: Any, info: ValidationInfo) -> tuple[str, ...]:
        names = channel_names({"channels": {"names": value}})
        if not names:
            raise simply('expected two names or more, each once, for example ["electrons", "phonons"]')
        for name in names:
            if name in RESERVED or name_fault(name) or "." in name:
                raise simply(
                    f"'{name}' cannot name a channel; take a word that is no key of a value, without | [ ] / ."
                )
        return names

    def json(self) -> JsonSchemaValue:
        return {"type": "array", "items": {"type": "string"}, "minItems": 2, "uniqueItems": True}


def channel_names(data: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of the channels of a case as given; none where they are not rightly given."""
    table = data.get("channels")
    names = table.get("names") if isinstance(table, Mapping) else None
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
        return ()
    return tuple(names) if len(names) > 1 and len(set(names)) == len(names) else ()

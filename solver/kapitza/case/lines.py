"""Lines of the keys of a TOML text, for messages, and a text with other values that keeps the rest, comments too.

The text is parsed once more, by tree-sitter, which keeps positions. Should that fail, messages have no lines.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from kapitza.case.messages import Path

if TYPE_CHECKING:
    from tree_sitter import Node


class Lines:
    """Lines by key path, from 1."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Path, int] = {}
        root = _root(text)
        self._top = None if root is None else 1
        for path, line, _, _ in _keys(root) if root is not None else ():
            self._lines.setdefault(path, line)

    def of(self, path: Path) -> int | None:
        """Line of the key, or of the nearest table that holds it; the first for a missing top-level key. None for
        no key at all."""
        if not path:
            return None
        for length in range(len(path), 0, -1):
            if path[:length] in self._lines:
                return self._lines[path[:length]]
        return self._top


def repeated(text: str) -> tuple[Path, int, int] | None:
    """The first key or table that is given twice: its path and both lines; None where there is none."""
    root = _root(text)
    seen: dict[Path, int] = {}
    for path, line, whole, _ in _keys(root) if root is not None else ():
        if whole and path in seen:
            return path, seen[path], line
        if whole:
            seen[path] = line
    return None


def spliced(text: str, values: Mapping[Path, str | float]) -> str | None:
    """``text`` with other ``values`` of keys that it has, all else as it is; None where it lacks one of them."""
    root = _root(text)
    nodes = {path: node for path, _, _, node in _keys(root) if node is not None} if root is not None else {}
    if any(path not in nodes for path in values):
        return None
    parts, end, raw = [], len(text.encode()), text.encode()
    for path in sorted(values, key=lambda path: nodes[path].start_byte, reverse=True):
        node, value = nodes[path], values[path]
        written = json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(float(value))
        parts += [raw[node.end_byte : end], written.encode()]
        end = node.start_byte
    return b"".join([raw[:end], *reversed(parts)]).decode()


def _root(text: str) -> Node | None:
    """The syntax tree; None without the parser."""
    try:
        import tree_sitter_toml
        from tree_sitter import Language, Parser
    except ImportError:
        return None
    return Parser(Language(tree_sitter_toml.language())).parse(text.encode()).root_node


# path, line, whether the key or table is given there, rather than gone through on the way, and the node of its value
Key = tuple[Path, int, bool, Any]


def _keys(root: Node) -> Iterator[Key]:
    counts: dict[Path, int] = {}
    for node in root.children:
        if node.type == "pair":
            yield from _pair(node, ())
        elif node.type in ("table", "table_array_element"):
            yield from _table(node, counts)


def _table(node: Node, counts: dict[Path, int]) -> Iterator[Key]:
    """[a.b] or [[a.b]] and the pairs in it; ``counts`` has the items so far of every list of tables."""
    name, *rest = node.named_children
    keys = _key(name)
    path: Path = ()
    for index, key in enumerate(keys):
        path = (*path, key)
        last = index == len(keys) - 1
        if last and node.type == "table_array_element":
            counts[path] = counts.get(path, -1) + 1
            yield path, _line(node), False, None
        if path in counts:
            path = (*path, counts[path])
        yield path, _line(node), last, None
    for child in rest:
        if child.type == "pair":
            yield from _pair(child, path)


def _pair(node: Node, above: Path) -> Iterator[Key]:
    name, *values = [child for child in node.named_children if child.type != "comment"]
    path = above
    keys = _key(name)
    for index, key in enumerate(keys):
        path = (*path, key)
        last = index == len(keys) - 1
        yield path, _line(name), last, values[0] if last and values else None
    if values:
        yield from _value(values[0], path)


def _value(node: Node, path: Path) -> Iterator[Key]:
    """What lies inside an inline table or an array."""
    if node.type == "inline_table":
        for child in node.named_children:
            if child.type == "pair":
                yield from _pair(child, path)
    elif node.type == "array":
        items = [child for child in node.named_children if child.type != "comment"]
        for index, child in enumerate(items):
            yield (*path, index), _line(child), True, child
            yield from _value(child, (*path, index))


def _key(node: Node) -> list[str]:
    """Parts of a bare, quoted or dotted key."""
    if node.type == "dotted_key":
        return [part for child in node.named_children for part in _key(child)]
    text = (node.text or b"").decode()
    if node.type == "quoted_key":
        import tomllib

        return list(tomllib.loads(f"{text} = 0"))
    return [text]


def _line(node: Node) -> int:
    return node.start_point[0] + 1

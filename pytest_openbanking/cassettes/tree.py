"""YAML read as plain values with their lines: nothing is ever built from a tag, and nothing grows beyond its limits."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator

    import yaml

__all__ = ["Node", "TreeError", "read_tree"]

DEEPEST = 40
MOST_NODES = 1_000_000  # of a document whose aliases are written out
STANDARD = "tag:yaml.org,2002:"
PLAIN_TAGS = frozenset(
    STANDARD + name
    for name in ("str", "int", "bool", "null", "float", "timestamp", "seq", "map", "python/str", "python/unicode")
)
BINARY = STANDARD + "binary"
WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}
INTEGER = re.compile(r"[-+]?\d{1,18}")


class TreeError(ValueError):
    """A document that is not read; `line` counts from 1."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line = line
        self.what = what


@dataclass(slots=True)
class Node:
    """A value and the line it begins on: a dict or list of nodes, or text, bytes, an int, a bool, None."""

    value: dict[str, Node] | list[Node] | str | bytes | int | bool | None
    line: int
    size: int = 1  # of all that is below it, aliases written out
    text: str = ""  # of a scalar, as it is written


def read_tree(text: str) -> Node:
    """Read one YAML document; raises TreeError."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return Tree(iter(yaml.parse(text, Loader=loader))).document()
    except yaml.reader.ReaderError as error:
        at = error.position if isinstance(error.position, int) else 0
        raise TreeError(text.count("\n", 0, at) + 1, f"holds a character that YAML forbids: {error.reason}") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise TreeError(mark.line + 1 if mark else 1, f"is not valid YAML: {error.problem or error.context}") from None
    except yaml.YAMLError as error:
        raise TreeError(1, f"is not valid YAML: {error}") from None


class Tree:
    """Builds nodes from events, one document."""

    def __init__(self, events: Iterator[yaml.Event]) -> None:
        self.events = events
        self.anchors: dict[str, Node | None] = {}  # None: still being read
        self.nodes = 0

    def document(self) -> Node:
        import yaml

        root = None
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    self.stop(event, "holds a second document")
                root = self.node(next(self.events), 0)
        if root is None:
            raise TreeError(1, "is empty")
        return root

    def node(self, event: yaml.Event, depth: int) -> Node:
        import yaml

        if depth > DEEPEST:
            self.stop(event, f"is nested more than {DEEPEST} deep")
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event)
        self.check_tag(event)
        self.count(event, 1)
        anchor = getattr(event, "anchor", None)
        if anchor:
            self.anchors[anchor] = None
        node = Node(None, line_of(event))
        if isinstance(event, yaml.MappingStartEvent):
            self.fill_mapping(node, depth)
        elif isinstance(event, yaml.SequenceStartEvent):
            self.fill_sequence(node, depth)
        elif isinstance(event, yaml.ScalarEvent):
            node.value, node.text = self.scalar(event), event.value
        if anchor:
            self.anchors[anchor] = node
        return node

    def fill_mapping(self, node: Node, depth: int) -> None:
        import yaml

        found: dict[str, Node] = {}
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self.node(event, depth + 1)
            if isinstance(key.value, dict | list | bytes):
                self.stop(event, "has a key that is no text")
            name = key.value if isinstance(key.value, str) else str(key.value)
            if name in found:
                self.stop(event, f"has the key {name[:60]!r} twice")
            value = self.node(next(self.events), depth + 1)
            found[name] = value
            node.size += key.size + value.size
        node.value = found

    def fill_sequence(self, node: Node, depth: int) -> None:
        import yaml

        found: list[Node] = []
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            item = self.node(event, depth + 1)
            found.append(item)
            node.size += item.size
        node.value = found

    def alias(self, event: yaml.AliasEvent) -> Node:
        name = event.anchor or ""
        node = self.anchors.get(name)
        if node is None:
            self.stop(event, f"the alias *{name} {'holds itself' if name in self.anchors else 'has no anchor'}")
        self.count(event, node.size)
        return node

    def count(self, event: yaml.Event, more: int) -> None:
        self.nodes += more
        if self.nodes > MOST_NODES:
            self.stop(event, f"holds more than {MOST_NODES:,} values, its aliases written out")

    def check_tag(self, event: yaml.Event) -> None:
        tag = getattr(event, "tag", None)
        if tag is not None and tag not in PLAIN_TAGS and tag not in (BINARY, "!"):
            shown = "!!" + tag.removeprefix(STANDARD) if tag.startswith(STANDARD) else tag
            self.stop(event, f"has the tag {shown[:80]}; a cassette holds plain values and !!binary only")

    def scalar(self, event: yaml.ScalarEvent) -> str | bytes | int | bool | None:
        if event.tag == BINARY:
            return self.binary(event)
        if event.tag is not None or not event.implicit[0]:
            return str(event.value)
        if event.value.lower() in WORDS:
            return WORDS[event.value.lower()]
        return int(event.value) if INTEGER.fullmatch(event.value) else str(event.value)

    def binary(self, event: yaml.ScalarEvent) -> bytes:
        try:
            return base64.b64decode("".join(event.value.split()), validate=True)
        except (binascii.Error, ValueError):
            self.stop(event, "its !!binary is no base64")

    def stop(self, event: yaml.Event, what: str) -> NoReturn:
        raise TreeError(line_of(event), what)


def line_of(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1

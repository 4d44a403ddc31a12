"""Nodes on the way: collections whose end has not been read, and values that may be repeated."""

from typing import Final

from storyboard.model.tree import Key, Mapping, Node

__all__ = ["BAD_KEY", "DROPPED", "ITEM", "KEY", "MERGED", "Anchored", "Open", "Slot"]


class Slot:
    """What the next node of an open collection is, where it is not the value of a key."""


KEY: Final = Slot()
"""A key of a mapping."""

ITEM: Final = Slot()
"""An item of a sequence, or the one node of the document."""

MERGED: Final = Slot()
"""The value of `<<`."""

BAD_KEY: Final = Slot()
"""A collection where a key should be; it is read and dropped."""

DROPPED: Final = Slot()
"""The value of a key that was refused."""


class Open:
    """A collection whose end has not been read yet; the document itself is one, of one item."""

    __slots__ = (
        "anchor", "flow", "height", "items", "keys", "merged", "merged_at", "nodes", "size_before",
        "slot", "start",
    )  # fmt: skip

    def __init__(self, slot: Slot, start: int, size_before: int) -> None:
        self.slot: Slot | str = slot
        self.start = start
        self.size_before = size_before
        self.flow: bool | None = False
        self.anchor: str | None = None
        self.height = 0
        self.items: list[Node] = []
        self.nodes: dict[str, Node] = {}
        self.keys: dict[str, Key] = {}
        self.merged: list[Mapping] = []
        self.merged_at: Key | None = None


class Anchored:
    """A value that may be repeated: how many nodes it stands for and how many levels deep it is."""

    __slots__ = ("height", "node", "size")

    def __init__(self, node: Node, size: int, height: int) -> None:
        self.node = node
        self.size = size
        self.height = height

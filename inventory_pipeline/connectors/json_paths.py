r"""Paths: where in a JSON answer something stands, as ``data.items[].sku``. Pure.

``a.b`` is key b of object a; ``[]`` walks every element of a list; ``a\.b`` is one key with
a dot in it. A path of the top of the answer begins with ``$``.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Self

Keys = tuple[str, ...]


class Absent(Enum):
    """The one value that says: nothing stands there (JSON null is something)."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT


@dataclass(frozen=True)
class Path:
    """Keys from an object down to one value."""

    keys: Keys

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``data.pageInfo.endCursor``.

        Raises:
            ValueError: a piece of the path is empty, or it walks a list.
        """
        keys, *more = _split_lists(text.removeprefix("$."))
        if more:
            raise ValueError(f"{text!r} walks a list; only rows: may hold []")
        return cls(keys)

    def find(self, value: Any) -> Any:
        """Return what stands there; under null stands null, under nothing ABSENT."""
        return _dig(value, self.keys)


@dataclass(frozen=True)
class RowsPath:
    """Lists inside lists, down to the rows: ``items[].levels[]``.

    Attributes:
        lists: keys that lead from one level to the list that makes the next.
        tail: keys inside the innermost element that lead to the row itself.
    """

    lists: tuple[Keys, ...]
    tail: Keys

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read where the rows are; a path without ``[]`` ends in their list.

        Raises:
            ValueError: a piece of the path is empty.
        """
        path = text.removeprefix("$.").removeprefix("$")
        parts = _split_lists(path if "[]" in path else f"{path}[]")
        return cls(tuple(parts[:-1]), parts[-1])

    def place(self, text: str) -> "CellPath":
        """Return where a column's path leads, seen from these rows.

        Raises:
            ValueError: the path walks another list than the rows do.
        """
        if not text.startswith("$"):
            return CellPath(len(self.lists), (*self.tail, *Path.parse(text).keys))
        parts = _split_lists(text.removeprefix("$.").removeprefix("$"))
        level = len(parts) - 1
        if tuple(parts[:-1]) != self.lists[:level]:
            raise ValueError(f"{text!r} walks another list than rows: does")
        return CellPath(level, parts[-1])

    def walk(self, document: Any) -> Iterator[list[Any]]:
        """Yield for every row the chain [top, element of the first list, …, innermost element].

        Where an inner list is null or absent the chain ends with the broken element's problem
        as a ``str``: that element is a row that cannot be read.
        """
        yield from _walk([document], self.lists)

    def find_items(self, document: Any) -> Any:
        """Return what stands where the outermost list should be."""
        return _dig(document, self.lists[0])

    def __str__(self) -> str:
        return ".".join([f"{'.'.join(keys)}[]" for keys in self.lists] + list(self.tail))


@dataclass(frozen=True)
class CellPath:
    """One value of a row: ``level`` 0 is the top of the answer, n the n-th list's element."""

    level: int
    keys: Keys

    def find_all(self, chains: Iterable[Sequence[Any]]) -> list[Any]:
        """Return what stands there in every chain of elements that leads to a row."""
        nodes = [chain[self.level] for chain in chains]
        for key in self.keys:
            nodes = [
                node.get(key, ABSENT) if type(node) is dict else None if node is None else ABSENT
                for node in nodes
            ]
        return nodes


class Problem(str):
    """What is wrong with an element that should have held rows."""

    __slots__ = ()


def is_empty(document: Any, keys: Iterable[str] | None) -> bool:
    """Return whether an answer without its list has no other keys than these: it has no rows."""
    return keys is not None and type(document) is dict and set(document) <= set(keys)


def find_text(document: Any, path: Path) -> str | None:
    """Return a scalar as text; null, nothing, a list or an object is None."""
    value = path.find(document)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else None


def _dig(value: Any, keys: Keys) -> Any:
    for key in keys:
        if value is None:
            return None
        if type(value) is not dict:
            return ABSENT
        value = value.get(key, ABSENT)
    return value


def _walk(chain: list[Any], lists: Sequence[Keys]) -> Iterator[list[Any]]:
    found = _dig(chain[-1], lists[0])
    if type(found) is not list:
        name = ".".join(lists[0]) or "the answer"
        yield [*chain, Problem(f"{name} is no list")]
        return
    for element in found:
        if len(lists) == 1:
            yield [*chain, element]
        else:
            yield from _walk([*chain, element], lists[1:])


_SEGMENT = re.compile(r"((?:[^.\\\[\]]|\\.)*)((?:\[\])*)(?:\.|$)")


def _split_lists(text: str) -> list[Keys]:
    """Return the keys before, between and after each ``[]``.

    Raises:
        ValueError: a piece of the path is empty.
    """
    parts: list[list[str]] = [[]]
    position = 0
    if text.endswith(".") and not text.endswith("\\."):
        raise ValueError(f"{text!r} is no path; it ends in a dot")
    while position < len(text):
        match = _SEGMENT.match(text, position)
        if not match or not match[0].strip("."):
            raise ValueError(f"{text!r} is no path; write it as data.items[].sku")
        if match[1]:
            parts[-1].append(re.sub(r"\\(.)", r"\1", match[1]))
        parts.extend([] for _ in range(len(match[2]) // 2))
        position = match.end()
    return [tuple(part) for part in parts]

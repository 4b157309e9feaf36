"""Pieces: a JSON page cut at its rows, before anything is known of them. Pure.

A cut is a guess that only strict reading proves: the list of rows is taken for what stands
between its first brace and the last one of the page, and cut wherever ``},{`` stands. Inside
a text that would be wrong; then a piece is no row, and the page is read the slow way.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from inventory_pipeline.connectors.json_paths import RowsPath
from inventory_pipeline.connectors.json_strict import (
    MAX_COMMAS,
    MAX_DEPTH,
    decode_text,
    load_strictly,
)
from inventory_pipeline.errors import SourceContractError

# Bytes that are read at once: enough for two cores, little beside a large page.
BLOCK = 1 << 20
_MARK = "@rows@"
_SEPARATOR = re.compile(rb"\}, ?\{")


class NotAlikeError(Exception):
    """The rows are not all alike, or not for sure; nothing is wrong with them."""


@dataclass(frozen=True)
class Span:
    """Some whole rows of one page, without the outermost braces.

    Attributes:
        separator: what stands between two of them.
    """

    body: bytes = field(repr=False)
    separator: bytes
    height: int

    def split(self) -> list[str]:
        """Return what stands between the braces of each row."""
        return self.body.decode().split(self.separator.decode())


@dataclass(frozen=True)
class Pieces:
    """A page cut into rows.

    Attributes:
        body: the page; UTF-8 for sure.
        start, end: where in it the rows stand, without the outermost braces.
        separator: what stands between two rows.
        height: how many rows there are.
        document: the answer, strictly read, its list of rows replaced by a mark.
    """

    body: bytes = field(repr=False)
    start: int
    end: int
    separator: bytes
    height: int
    document: Any = field(repr=False)

    @property
    def first(self) -> str:
        """Return what stands between the braces of the first row."""
        at = self.body.find(self.separator, self.start, self.end)
        return self.body[self.start : at if at >= 0 else self.end].decode()

    @property
    def last(self) -> str:
        """Return what stands between the braces of the last row."""
        at = self.body.rfind(self.separator, self.start, self.end)
        return self.body[at + len(self.separator) if at >= 0 else self.start : self.end].decode()

    def find_spans(self, size: int = BLOCK) -> Iterator[Span]:
        """Yield the rows in spans of about ``size`` bytes."""
        if self.end - self.start <= size:
            yield Span(self.body[self.start : self.end], self.separator, self.height)
            return
        at = self.start
        while at <= self.end:
            cut = self.body.find(self.separator, min(at + size, self.end), self.end)
            stop = cut if cut >= 0 else self.end
            height = self.body.count(self.separator, at, stop) + 1
            yield Span(self.body[at:stop], self.separator, height)
            at = stop + len(self.separator)


def find_blocks(sheaf: Sequence[Pieces], size: int = BLOCK) -> Iterator[list[Span]]:
    """Yield the rows of many pages, some spans at a time, in their order."""
    block: list[Span] = []
    length = 0
    for pieces in sheaf:
        for span in pieces.find_spans(size):
            block.append(span)
            length += len(span.body)
            if length >= size:
                yield block
                block, length = [], 0
    if block:
        yield block


def cut_rows(body: bytes, rows: RowsPath) -> Pieces:
    """Cut a page, which is UTF-8, at its rows.

    Raises:
        NotAlikeError: where to cut is not certain.
    """
    start, end = _find_list(body, rows), body.rfind(b"}]")
    if start < 0 or end < start or (len(body) > MAX_COMMAS and body.count(b",") > MAX_COMMAS):
        raise NotAlikeError
    head, tail = decode_text(body[:start]), body[end + 2 :].decode()
    try:
        document = load_strictly(f'{head}["{_MARK}"]{tail}')
    except SourceContractError:
        raise NotAlikeError from None
    if _MARK in head or _MARK in tail or rows.find_items(document) != [_MARK]:
        raise NotAlikeError
    separator = _find_separator(body, start, end)
    height = body.count(separator, start + 2, end) + 1
    return Pieces(body, start + 2, end, separator, height, document)


def parse_piece(piece: str, rows: RowsPath) -> Any:
    """Return the object a piece is, read as strictly and as deep as a whole page.

    Raises:
        NotAlikeError: it is none.
    """
    try:
        return load_strictly(f"{{{piece}}}", max_depth=MAX_DEPTH - len(rows.lists[0]) - 1)
    except SourceContractError:
        raise NotAlikeError from None


def _find_list(body: bytes, rows: RowsPath) -> int:
    """Return where the list of rows opens, or -1 where that is not plain to see."""
    if len(rows.lists) != 1:
        return -1
    at = 0
    if rows.lists[0]:
        key = f'"{rows.lists[0][-1]}":'.encode()
        at = body.find(key) + len(key)
        if at < len(key):
            return -1
        at += body.startswith(b" ", at)
    return at if body.startswith(b"[{", at) else -1


def _find_separator(body: bytes, start: int, end: int) -> bytes:
    match = _SEPARATOR.search(body, start, end)
    return match[0] if match else b"},{"

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
from inventory_pipeline.connectors.json_strict import MAX_COMMAS, MAX_DEPTH, load_strictly
from inventory_pipeline.errors import SourceContractError

# Characters that are read at once: enough for two cores, little beside a large page.
BLOCK = 1 << 20
_MARK = "@rows@"
_SEPARATOR = re.compile(r"\}, ?\{")


class NotAlikeError(Exception):
    """The rows are not all alike, or not for sure; nothing is wrong with them."""


@dataclass(frozen=True)
class Span:
    """Some whole rows of one page, without the outermost braces.

    Attributes:
        separator: what stands between two of them.
    """

    text: str = field(repr=False)
    separator: str
    height: int

    def split(self) -> list[str]:
        """Return what stands between the braces of each row."""
        return self.text.split(self.separator)


@dataclass(frozen=True)
class Pieces:
    """A page cut into rows.

    Attributes:
        start, end: where in ``text`` the rows stand, without the outermost braces.
        separator: what stands between two rows.
        height: how many rows there are.
        document: the answer, strictly read, its list of rows replaced by a mark.
    """

    text: str = field(repr=False)
    start: int
    end: int
    separator: str
    height: int
    document: Any = field(repr=False)

    @property
    def first(self) -> str:
        """Return what stands between the braces of the first row."""
        at = self.text.find(self.separator, self.start, self.end)
        return self.text[self.start : at if at >= 0 else self.end]

    @property
    def last(self) -> str:
        """Return what stands between the braces of the last row."""
        at = self.text.rfind(self.separator, self.start, self.end)
        return self.text[at + len(self.separator) if at >= 0 else self.start : self.end]

    @property
    def rows(self) -> str:
        """Return the text of all rows, without the outermost braces."""
        return self.text[self.start : self.end]

    def find_spans(self, size: int = BLOCK) -> Iterator[Span]:
        """Yield the rows in spans of about ``size`` characters."""
        if self.end - self.start <= size:
            yield Span(self.rows, self.separator, self.height)
            return
        at = self.start
        while at <= self.end:
            cut = self.text.find(self.separator, min(at + size, self.end), self.end)
            stop = cut if cut >= 0 else self.end
            height = self.text.count(self.separator, at, stop) + 1
            yield Span(self.text[at:stop], self.separator, height)
            at = stop + len(self.separator)


def find_blocks(sheaf: Sequence[Pieces], size: int = BLOCK) -> Iterator[list[Span]]:
    """Yield the rows of many pages, some spans at a time, in their order."""
    block: list[Span] = []
    length = 0
    for pieces in sheaf:
        for span in pieces.find_spans(size):
            block.append(span)
            length += len(span.text)
            if length >= size:
                yield block
                block, length = [], 0
    if block:
        yield block


def cut_rows(text: str, rows: RowsPath) -> Pieces:
    """Cut a page at its rows.

    Raises:
        NotAlikeError: where to cut is not certain.
    """
    start, end = _find_list(text, rows), text.rfind("}]")
    if start < 0 or end < start or (len(text) > MAX_COMMAS and text.count(",") > MAX_COMMAS):
        raise NotAlikeError
    head, tail = text[:start], text[end + 2 :]
    try:
        document = load_strictly(f'{head}["{_MARK}"]{tail}')
    except SourceContractError:
        raise NotAlikeError from None
    if _MARK in head or _MARK in tail or rows.find_items(document) != [_MARK]:
        raise NotAlikeError
    separator = _find_separator(text, start, end)
    height = text.count(separator, start + 2, end) + 1
    return Pieces(text, start + 2, end, separator, height, document)


def parse_piece(piece: str, rows: RowsPath) -> Any:
    """Return the object a piece is, read as strictly and as deep as a whole page.

    Raises:
        NotAlikeError: it is none.
    """
    try:
        return load_strictly(f"{{{piece}}}", max_depth=MAX_DEPTH - len(rows.lists[0]) - 1)
    except SourceContractError:
        raise NotAlikeError from None


def _find_list(text: str, rows: RowsPath) -> int:
    """Return where the list of rows opens, or -1 where that is not plain to see."""
    if len(rows.lists) != 1:
        return -1
    at = 0
    if rows.lists[0]:
        key = f'"{rows.lists[0][-1]}":'
        at = text.find(key) + len(key)
        if at < len(key):
            return -1
        at += text.startswith(" ", at)
    return at if text.startswith("[{", at) else -1


def _find_separator(text: str, start: int, end: int) -> str:
    match = _SEPARATOR.search(text, start, end)
    return match[0] if match else "},{"

"""Pieces: a JSON page cut at its rows, before anything is known of them. Pure.

A cut is a guess that only strict reading proves: the list of rows is taken for what stands
between its first brace and the last one of the page, and cut wherever ``},{`` stands. Inside
a text that would be wrong; then a piece is no row, and the page is read the slow way.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from inventory_pipeline.connectors.json_paths import RowsPath
from inventory_pipeline.connectors.json_strict import MAX_COMMAS, MAX_DEPTH, load_strictly
from inventory_pipeline.errors import SourceContractError

# Characters that are cut at once: enough for two cores, little beside the page itself.
BLOCK = 8 << 20
_MARK = "@rows@"


class NotAlikeError(Exception):
    """The rows are not all alike, or not for sure; nothing is wrong with them."""


@dataclass(frozen=True)
class Pieces:
    """A page cut into rows.

    Attributes:
        start, end: where in ``text`` the rows stand, without the outermost braces.
        separator: what stands between two rows.
        document: the answer, strictly read, its list of rows replaced by a mark.
    """

    text: str = field(repr=False)
    start: int
    end: int
    separator: str
    document: Any = field(repr=False)

    @property
    def last(self) -> str:
        """Return what stands between the braces of the last row."""
        at = self.text.rfind(self.separator, self.start, self.end)
        return self.text[at + len(self.separator) if at >= 0 else self.start : self.end]

    def find_blocks(self, size: int = BLOCK) -> Iterator[list[str]]:
        """Yield what stands between the braces of each row, some rows at a time."""
        at = self.start
        while at <= self.end:
            cut = self.text.find(self.separator, min(at + size, self.end), self.end)
            stop = cut if cut >= 0 else self.end
            yield self.text[at:stop].split(self.separator)
            at = stop + len(self.separator)


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
    return Pieces(text, start + 2, end, _find_separator(text, start, end), document)


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
    tight = text.find("},{", start, end)
    wide = text.find("}, {", start, tight if tight >= 0 else end)
    return "}, {" if wide >= 0 else "},{"

"""Pages: one landed or fetched JSON answer, read the quick way or the slow way. Pure."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from inventory_pipeline.connectors.json_columns import RowPlan
from inventory_pipeline.connectors.json_paths import Path, find_text
from inventory_pipeline.connectors.json_pieces import NotAlikeError, cut_rows, parse_piece
from inventory_pipeline.connectors.json_shapes import read_pieces
from inventory_pipeline.connectors.json_sheet import Sheet, read_chains
from inventory_pipeline.connectors.json_strict import decode_text, load_strictly
from inventory_pipeline.errors import SourceContractError

Check = Callable[[Any], None]


@dataclass(frozen=True)
class ReadPage:
    """One page, read.

    Attributes:
        sheet: its rows.
        document: the answer; where its rows were, anything may stand.
        items: elements of the outermost list, which is what totals and offsets count.
        last: the last of them, if there is one.
    """

    sheet: Sheet
    document: Any
    items: int
    last: Any

    def find(self, path: str | None) -> str | None:
        """Return a text of the answer outside its rows."""
        return find_text(self.document, Path.parse(path)) if path else None


def accept(_document: Any) -> None:
    """Take any answer; what lands was judged when it came."""


def find_key(body: bytes) -> bytes:
    """Return what stands for the bytes of a page: equal only for equal bytes."""
    return hashlib.sha256(body).digest()


def read_page(body: bytes, plan: RowPlan, check: Check = accept) -> ReadPage:
    """Read a page in the quickest way that is certain.

    Args:
        check: raises if the answer is no answer; called before rows are looked for.

    Raises:
        SourceContractError: no strict JSON, no list where the rows should be, too many rows.
    """
    text = decode_text(body)
    try:
        return _read_quickly(text, plan, check)
    except NotAlikeError:
        return read_slowly(text, plan, check)


def read_slowly(text: str, plan: RowPlan, check: Check = accept) -> ReadPage:
    """Read a page value by value; any JSON at all."""
    document = load_strictly(text)
    check(document)
    items = plan.rows.find_items(document)
    if type(items) is not list:
        raise SourceContractError(
            f"the answer has no list at {str(plan.rows)!r}; was a field renamed or retired? "
            "rows: says where the list of rows is"
        )
    chains = list(plan.rows.walk(document))
    sheet = read_chains(range(1, len(chains) + 1), chains, plan)
    return ReadPage(sheet, document, len(items), items[-1] if items else None)


def _read_quickly(text: str, plan: RowPlan, check: Check) -> ReadPage:
    pieces = cut_rows(text, plan.rows)
    sheet = read_pieces(pieces, plan)
    last = parse_piece(pieces.last, plan.rows)
    check(pieces.document)
    return ReadPage(sheet, pieces.document, sheet.height, last)

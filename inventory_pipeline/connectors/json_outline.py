"""Outlines: what a fetch must know of a page to ask for the next one. Pure."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from inventory_pipeline.connectors.json_paths import Path, RowsPath, describe_no_list, find_text
from inventory_pipeline.connectors.json_shapes import cut_rows, is_rows, parse_piece
from inventory_pipeline.connectors.json_strict import load_strictly
from inventory_pipeline.errors import SourceContractError


@dataclass(frozen=True)
class Outline:
    """One page without its rows.

    Attributes:
        document: the answer; where its rows were, anything may stand.
        items: elements of the outermost list.
        last: the last of them, if there is one.
        digest: of the rows alone; equal for two pages with the same rows.
    """

    document: Any
    items: int
    last: Any
    digest: str

    def find(self, path: str | None) -> str | None:
        """Return a text of the answer outside its rows."""
        return find_text(self.document, Path.parse(path)) if path else None


def read_outline(text: str, rows: RowsPath, check: Callable[[Any], None]) -> Outline:
    """Read a page strictly, as far as paging wants to know it.

    Args:
        check: raises if the answer is no answer; called before rows are looked for.

    Raises:
        SourceContractError: no strict JSON, or no list where the rows should be.
    """
    pieces = cut_rows(text, rows)
    if pieces is not None and is_rows(pieces, rows):
        check(pieces.document)
        last = parse_piece(pieces.texts[-1], rows)
        return Outline(pieces.document, len(pieces.texts), last, pieces.digest)
    document = load_strictly(text)
    check(document)
    items = rows.find_items(document)
    if type(items) is not list:
        raise SourceContractError(describe_no_list(rows))
    digest = hashlib.sha256(json.dumps(items).encode()).hexdigest()
    return Outline(document, len(items), items[-1] if items else None, digest)

r"""The file of a bulk operation: one JSON object a line, items and levels in any order. Pure.

Every line but that of an item names its item (``__parentId``). A machine writes all lines
alike, so two patterns read nearly all of them, digits untouched; a line that fits neither is
read by the strict reader. A slash is written as ``\/``.

Recorded lines: airbytehq/airbyte, source-shopify/unit_tests/conftest.py.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from inventory_pipeline.connectors.ahead import map_ahead
from inventory_pipeline.connectors.json_strict import decode_text, load_strictly
from inventory_pipeline.connectors.json_take import take
from inventory_pipeline.connectors.shopify.documents import NAMES
from inventory_pipeline.connectors.shopify.levels import (
    ITEM,
    LEVEL,
    Levels,
    build_items,
    build_levels,
)
from inventory_pipeline.connectors.shopify.rows import read_level
from inventory_pipeline.connectors.shopify.shapes import find_tail
from inventory_pipeline.errors import SourceContractError

# So much text is read at once; a few times as much is held.
PART = 2 << 20
PARENT = "__parentId"
_MARK = f'"{PARENT}":'
_GID = r'"gid:\\?/\\?/shopify\\?/%s\\?/([0-9]+)"'
_TEXT = r'"((?:[^"\\\x00-\x1f]|\\["\\/bfnrtu])*)"'
_NUMBERS = ",".join(rf'\{{"name":"{name}","quantity":(?:null|(-?[0-9]+))\}}' for name in NAMES)
_ITEM_LINE = (
    rf'^\{{"id":{_GID % "InventoryItem"},"sku":(?:null|{_TEXT}),"tracked":(true|false)\}}\s*$'
)
_LEVEL_LINE = (
    rf'^\{{"id":"[^"]*","isActive":(true|false),"location":\{{"id":{_GID % "Location"},'
    rf'"name":{_TEXT}\}},"quantities":\[{_NUMBERS}\],"{PARENT}":{_GID % "InventoryItem"}\}}\s*$'
)
_ITEM_GROUPS = ("number", "sku", "is_tracked")
_LEVEL_GROUPS = ("is_active", "place_id", "place_name", *NAMES, "number")


@dataclass
class Tally:
    """What a file holds, counted without reading what it says.

    Attributes:
        roots: lines that are items.
    """

    lines: int = 0
    roots: int = 0
    untracked: int = 0
    inactive: int = 0

    def describe(self) -> list[str]:
        """Return one sentence for each kind of what is left out on purpose."""
        found = [
            ("items left out because they are not tracked", self.untracked),
            ("levels left out because they are not active", self.inactive),
        ]
        return [f"{said}: {count:,}" for said, count in found if count]


def count_lines(path: str) -> Tally:
    """Count the lines of a file.

    Raises:
        SourceContractError: it does not begin as such a file does.
    """
    tally, mark = Tally(), _MARK.encode()
    with Path(path).open("rb") as file:
        for line in file:
            if not tally.lines and not line.startswith(b"{"):
                raise SourceContractError("the file of the bulk operation holds no JSON lines")
            tally.lines += 1
            tally.roots += mark not in line
            tally.untracked += b'"tracked":false' in line
            tally.inactive += b'"isActive":false' in line
    return tally


def gather_file(path: str, levels: Levels, *, as_of: str) -> None:
    """Put what the file holds into ``levels``, part by part.

    Raises:
        SourceContractError: a line is no item and no level.
    """
    for items, found, odd in map_ahead(_read_part, _find_parts(path)):
        levels.add_items(items)
        levels.add_levels(found, as_of=as_of)
        if odd.height:
            _gather_odd(odd, levels, as_of=as_of)


def _find_parts(path: str) -> Iterator[pl.DataFrame]:
    """Yield the lines of a file, many at once, each beside its place."""
    with Path(path).open("rb") as file:
        first = 1
        while lines := file.readlines(PART):
            texts = decode_text(b"".join(lines)).removesuffix("\n").split("\n")
            yield pl.DataFrame({"line": texts}).with_row_index("place", offset=first)
            first += len(lines)


def _read_part(part: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return items, levels, and the lines no pattern reads."""
    is_level = pl.col("line").str.contains(_MARK, literal=True)
    items, odd_items = _read_alike(part.filter(~is_level), _ITEM_LINE, _ITEM_GROUPS)
    found, odd_levels = _read_alike(part.filter(is_level), _LEVEL_LINE, _LEVEL_GROUPS)
    return (
        items.with_columns(pl.col("is_tracked") == "true").select(*ITEM),
        found.with_columns(pl.col("is_active") == "true").select(*LEVEL, *NAMES),
        pl.concat([odd_items, odd_levels]).sort("place"),
    )


def _read_alike(
    lines: pl.DataFrame, pattern: str, groups: tuple[str, ...]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the cells of the lines that fit, and the lines that do not."""
    read = lines.with_columns(pl.col("line").str.extract_groups(pattern).alias("cells"))
    fits = pl.col("cells").struct.field("1").is_not_null()
    cells = read.filter(fits).select(pl.col("cells").struct.rename_fields(groups)).unnest("cells")
    texts = [name for name in ("sku", "place_name") if name in groups]
    return cells.with_columns(_unescape(cells[name]) for name in texts), lines.filter(
        ~read.select(fits.alias("fits"))["fits"]
    )


def _unescape(texts: pl.Series) -> pl.Series:
    odd = texts.filter(texts.str.contains("\\", literal=True)).unique()
    if odd.is_empty():
        return texts
    try:
        return texts.replace(odd, pl.Series([json.loads(f'"{text}"') for text in odd]))
    except ValueError:
        raise SourceContractError("a text of the bulk file is no Unicode") from None


def _gather_odd(lines: pl.DataFrame, levels: Levels, *, as_of: str) -> None:
    """Read line by line what no pattern reads."""
    items, found = [], []
    for place, line in lines.iter_rows():
        try:
            node = load_strictly(line)
            if PARENT in node:
                found.append(read_level(find_tail(node[PARENT]), node, list(NAMES)))
            else:
                number = find_tail(take(node, "id"))
                items.append((number, take(node, "sku"), take(node, "tracked") is True))
        except (SourceContractError, TypeError) as error:
            raise SourceContractError(f"line {place:,} of the bulk file: {error}") from None
    levels.add_items(build_items(items))
    levels.add_levels(build_levels(found, list(NAMES)), as_of=as_of)

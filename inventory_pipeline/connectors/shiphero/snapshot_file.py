"""The file of a snapshot: one JSON object of products, each with its levels by warehouse. Pure.

``products`` holds products by SKU; in files of the newer format, by account and then by SKU.
A product is read, its levels are kept, and it is let go: the text is held, its values are not.

Shape: developer.shiphero.com/inventory-snapshot; community.shiphero.com/t/3114 (the newer one).
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from inventory_pipeline.connectors.json_members import Members
from inventory_pipeline.connectors.json_strict import decode_text
from inventory_pipeline.connectors.json_take import take, take_text
from inventory_pipeline.connectors.tables import MAX_RAW_CHARACTERS, build_rejected
from inventory_pipeline.errors import SourceContractError
from inventory_pipeline.model.ports import RawFrame

LEVELS = "warehouse_products"
PRODUCTS = "products"
# The file calls two of the quantities otherwise than the queries do.
_IN_FILE = {"reserve_inventory": "reserve", "non_sellable_quantity": "non_sellable"}
_COLUMNS = ("item_id", "location_id", "fact", "quantity")


def read_products(text: str) -> Iterator[tuple[str, Any]]:
    """Yield every product by its SKU.

    Raises:
        SourceContractError: it is no whole JSON, or no file of a snapshot.
    """
    members, seen = Members(text), set[str]()
    members.enter()
    while (key := members.next_key()) is not None:
        if key in seen:
            raise SourceContractError(f"the file has {key[:40]!r} twice")
        seen.add(key)
        if key == PRODUCTS:
            yield from _walk(members)
        else:
            members.read()
    members.close()
    if PRODUCTS not in seen:
        take(dict.fromkeys(seen), PRODUCTS)


def read_file(path: str, facts: Mapping[str, str], *, as_of: str) -> RawFrame:
    """Return a row for every level and fact.

    Args:
        facts: fact → ShipHero's name of the quantity.

    Raises:
        SourceContractError: as ``read_products``; a level lacks a quantity.
    """
    return _build(decode_text(Path(path).read_bytes()), facts, as_of)


def count_levels(text: str, quantity: str) -> tuple[int, int]:
    """Return how many levels a file holds, and of how many of them a quantity is not zero."""
    found = [level.get(quantity) for _, _, level in _find_levels(text)]
    return len(found), sum(number not in (None, "0") for number in found)


def _walk(members: Members) -> Iterator[tuple[str, Any]]:
    members.enter()
    while (name := members.next_key()) is not None:
        start = members.at
        members.enter()
        inner = members.next_key()
        if inner is None:
            continue
        product = members.read()
        if not _is_product(product):
            members.at = start
            yield name, members.read()
            continue
        yield inner, product
        while (inner := members.next_key()) is not None:
            yield inner, members.read()


def _is_product(value: Any) -> bool:
    return type(value) is dict and LEVELS in value


def _find_levels(text: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield SKU, warehouse and level."""
    for sku, product in read_products(text):
        levels = take(product, LEVELS)
        if type(levels) is not dict or not all(type(one) is dict for one in levels.values()):
            raise SourceContractError(f"{LEVELS} of {sku[:40]!r} are no levels by warehouse")
        for warehouse, level in levels.items():
            yield sku, warehouse, level


def _build(text: str, facts: Mapping[str, str], as_of: str) -> RawFrame:
    columns: dict[str, list[Any]] = {name: [] for name in ("row", *_COLUMNS)}
    rejected: list[tuple[int, str, str]] = []
    for row, (sku, warehouse, level) in enumerate(_find_levels(text), start=1):
        for fact, name in facts.items():
            quantity = take(level, _IN_FILE.get(name, name))
            if isinstance(quantity, dict | list):
                raw = f"{sku} {warehouse} {quantity}"[:MAX_RAW_CHARACTERS]
                rejected.append((row, f"{name} is no number", raw))
                continue
            quantity = take_text({name: quantity}, name)
            cells = (row, sku, warehouse, fact, quantity)
            for column, cell in zip(columns.values(), cells, strict=True):
                column.append(cell)
    kinds = {"row": pl.Int64} | dict.fromkeys(_COLUMNS, pl.String)
    frame = pl.DataFrame(columns, schema=kinds).with_columns(as_of=pl.lit(as_of, pl.String))
    return RawFrame(frame, build_rejected(rejected))

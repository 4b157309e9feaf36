"""Rows: landed pages of items and their levels as rows of ``counts``. Pure.

Grain: one row a level and fact. ``as_of`` is when the answer came: the numbers are the state
of that moment; the vendor's ``updatedAt`` only tells when one of them last changed, and is
null for most of them.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from inventory_pipeline.connectors.json_strict import decode_text, load_strictly
from inventory_pipeline.connectors.json_take import take
from inventory_pipeline.connectors.shopify.documents import ON_HAND, PARTS
from inventory_pipeline.connectors.shopify.options import ShopifyOptions
from inventory_pipeline.connectors.shopify.shapes import (
    Item,
    find_tail,
    read_items,
    read_quantities,
)
from inventory_pipeline.connectors.tables import build_rejected, fill_text
from inventory_pipeline.model.frames import RAW_FEEDS
from inventory_pipeline.model.ports import Page, RawFrame

_COLUMNS = RAW_FEEDS["counts"][0]
_MOST_NAMED = 5


@dataclass(frozen=True)
class Level:
    """One level to count: an item at a place.

    Attributes:
        as_of: when the answer came.
    """

    item: Item
    item_id: str
    location_id: str
    quantities: Mapping[str, str]
    as_of: str


@dataclass
class Leftovers:
    """What some pages hold and do not give as rows.

    Attributes:
        long: items whose levels stand on pages of their own.
        untracked, inactive, elsewhere: what is left out on purpose, so that a person may know.
    """

    long: list[str] = field(default_factory=list)
    untracked: set[str] = field(default_factory=set)
    inactive: int = 0
    elsewhere: int = 0

    def describe(self) -> list[str]:
        """Return one sentence for each kind that occurred."""
        found = [
            ("items left out because they are not tracked", len(self.untracked)),
            ("levels left out because they are not active", self.inactive),
            ("levels left out because their location is not configured", self.elsewhere),
        ]
        return [f"{said}: {count:,}" for said, count in found if count]


def build_rows(pages: Iterable[Page], options: ShopifyOptions) -> RawFrame:
    """Return the rows of all pages, and what cannot be one.

    Raises:
        SourceContractError: a page is not what was asked for.
    """
    levels = list(find_levels(pages, options, Leftovers()))
    twins = _find_twins(levels) if options.identify_by == "sku" else {}
    rows: list[tuple[Any, ...]] = []
    rejected = []
    for number, level in enumerate(levels):
        row = number * len(options.facts) + 1
        reason = twins.get(level.item_id) or _find_problem(level, options)
        if reason:
            rejected.append((row, reason, _render_raw(level)))
            continue
        rows.extend(
            (row + k, level.item_id, level.location_id, fact, level.quantities[name], level.as_of)
            for k, (fact, name) in enumerate(options.facts.items())
        )
    schema = {"row": pl.Int64(), **dict.fromkeys(_COLUMNS, pl.String())}
    return RawFrame(pl.DataFrame(rows, schema=schema, orient="row"), build_rejected(rejected))


def find_levels(
    pages: Iterable[Page], options: ShopifyOptions, left_out: Leftovers
) -> Iterable[Level]:
    """Yield the levels to count; what is no level to count is added up in ``left_out``.

    Raises:
        SourceContractError: a page is not what was asked for.
    """
    for page in pages:
        as_of = fill_text("{fetched_at}", page)
        for item in read_items(load_strictly(decode_text(page.body))):
            if not item.is_tracked:
                left_out.untracked.add(item.gid)
            elif item.has_more:
                left_out.long.append(item.gid)
            else:
                yield from _find_active(item, as_of, options, left_out)


def _find_active(
    item: Item, as_of: str, options: ShopifyOptions, left_out: Leftovers
) -> Iterable[Level]:
    item_id = item.sku if options.identify_by == "sku" else find_tail(item.gid)
    for node in item.levels:
        place = take(node, "location")
        called = (
            take(place, "name") if options.locate_by == "name" else find_tail(take(place, "id"))
        )
        if take(node, "isActive") is not True:
            left_out.inactive += 1
        elif options.locations is not None and called not in options.locations:
            left_out.elsewhere += 1
        else:
            yield Level(item, item_id, called, read_quantities(node), as_of)


def _find_twins(levels: Iterable[Level]) -> dict[str, str]:
    """Return what is wrong with a SKU that several items carry: whose number is it?"""
    carriers = defaultdict(set)
    for level in levels:
        carriers[level.item_id].add(find_tail(level.item.gid))
    return {
        sku: f"{len(ids)} inventory items carry this SKU: {', '.join(sorted(ids)[:_MOST_NAMED])}; "
        "give each its own, or say identify_by: inventory_item_id"
        for sku, ids in carriers.items()
        if sku and len(ids) > 1
    }


def _find_problem(level: Level, options: ShopifyOptions) -> str | None:
    if not level.item_id:
        return f"the inventory item {find_tail(level.item.gid)} has no SKU"
    lacking = [name for name in options.names if name not in level.quantities]
    if lacking:
        return f"the level shows no {lacking[0]!r}"
    try:
        total = sum(int(level.quantities[name]) for name in PARTS)
        on_hand = int(level.quantities[ON_HAND])
    except ValueError:
        return "a quantity of the level is no whole number"
    if total != on_hand:
        return f"on_hand is {on_hand}, and {' + '.join(PARTS)} make {total}"
    return None


def _render_raw(level: Level) -> str:
    return json.dumps(
        {
            "inventory_item_id": find_tail(level.item.gid),
            "sku": level.item.sku,
            "location": level.location_id,
            **level.quantities,
        },
        ensure_ascii=False,
    )

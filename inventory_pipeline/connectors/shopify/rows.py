"""Rows: landed pages of items and their levels as rows of ``counts``. Pure.

Grain: one row a level and fact. ``as_of`` is when the answer came: the numbers are the state
of that moment; the vendor's ``updatedAt`` only tells when one of them last changed, and is
null for most of them.
"""

from collections.abc import Iterable
from typing import Any

from inventory_pipeline.connectors.json_strict import decode_text, load_strictly
from inventory_pipeline.connectors.json_take import take
from inventory_pipeline.connectors.shopify.levels import Levels, build_items, build_levels
from inventory_pipeline.connectors.shopify.shapes import find_tail, read_items, read_quantities
from inventory_pipeline.connectors.tables import fill_text
from inventory_pipeline.model.ports import Page


def gather_pages(pages: Iterable[Page], levels: Levels) -> None:
    """Put what the pages hold into ``levels``.

    Raises:
        SourceContractError: a page is not what was asked for.
    """
    for page in pages:
        items: list[tuple[str, str, bool]] = []
        nodes: list[tuple[str, Any]] = []
        for item in read_items(load_strictly(decode_text(page.body))):
            number = find_tail(item.gid)
            items.append((number, item.sku, item.is_tracked))
            if item.has_more and item.is_tracked:
                levels.long.append(item.gid)
            else:
                nodes.extend((number, node) for node in item.levels)
        names = levels.options.names
        found = [read_level(number, node, names) for number, node in nodes]
        levels.add_items(build_items(items))
        levels.add_levels(build_levels(found, names), as_of=fill_text("{fetched_at}", page))


def read_level(number: str, node: Any, names: list[str]) -> tuple[str | bool | None, ...]:
    """Return one level as a row of its part.

    Raises:
        SourceContractError: it has another shape.
    """
    place, quantities = take(node, "location"), read_quantities(node)
    return (
        number,
        find_tail(take(place, "id")),
        str(take(place, "name")),
        take(node, "isActive") is True,
        *(quantities.get(name) for name in names),
    )

"""The catalogue: some three hundred skus with stock, demand and places, drawn from a seed."""

from random import Random

from inventory_pipeline.simulator.names import (
    AWKWARD,
    DESIGNS,
    RETIRED_DESIGN,
    SHAPES,
    Shape,
)
from inventory_pipeline.simulator.words import Item

MEAN_UNITS_PER_LINE = 1.44
# Opening stock of the retired design, one after the other; each size serves another story.
RETIRED_UNITS = (0, 2, 8, 12)
OVERSTOCK_FROM = 30
# class: (share of skus, order lines a day, days of stock on opening day, safety stock)
CLASSES = {
    "A": (0.2, (1.5, 4.0), (9, 25), 4),
    "B": (0.3, (0.5, 1.5), (15, 35), 2),
    "C": (0.5, (0.05, 0.4), (40, 90), 0),
}


def build_catalogue(stream: Random) -> list[Item]:
    """Return every item, awkward ones first; names are the same for every seed."""
    plain = [(sku, title, Shape("", "", price)) for sku, title, price in AWKWARD]
    designed = [
        (f"{shape.code}-{design.upper()}", f"{shape.noun}, {design}", shape)
        for shape in SHAPES
        for design in DESIGNS
    ]
    return [
        _build_item(number, sku, title, shape, stream)
        for number, (sku, title, shape) in enumerate(plain + designed)
    ]


def _build_item(number: int, sku: str, title: str, shape: Shape, stream: Random) -> Item:
    is_retired = title.endswith(RETIRED_DESIGN) and shape.pack_units == 1
    abc_class = "C" if is_retired else _draw_class(stream)
    _, lines, days, safety_stock = CLASSES[abc_class]
    lines_per_day = 0.0 if is_retired else stream.uniform(*lines)
    packs = 4 + round(lines_per_day * MEAN_UNITS_PER_LINE * stream.uniform(*days))
    units = packs * shape.pack_units
    if is_retired:
        units = RETIRED_UNITS[number // len(DESIGNS) % len(RETIRED_UNITS)]
    is_east = abc_class in _draw_east_classes(stream) and not shape.is_main_only
    return Item(
        sku=sku,
        title=title,
        price_cents=shape.price_cents,
        cost_cents=shape.price_cents * stream.randint(35, 55) // 100,
        abc_class=abc_class,
        lines_per_day=lines_per_day,
        pack_units=shape.pack_units,
        case_units=shape.case_units,
        safety_stock=safety_stock * shape.pack_units,
        lead_days=stream.randint(1, 3),
        bins=_draw_bins(units, shape.pack_units, stream),
        east_units=(2 + packs * 2 // 5) * shape.pack_units if is_east else None,
        item_id_erp=f"{100_017 + number * 3:09d}",
    )


def _draw_class(stream: Random) -> str:
    shares = [share for share, *_ in CLASSES.values()]
    return stream.choices(list(CLASSES), weights=shares)[0]


def _draw_east_classes(stream: Random) -> str:
    """Return the classes kept at the 3PL for this item: fast movers, and every second B."""
    return "AB" if stream.random() < 0.5 else "A"


def _draw_bins(units: int, pack_units: int, stream: Random) -> tuple[tuple[str, int], ...]:
    """Return a pick face, and for larger stocks a place in the racks behind it."""
    face = f"{stream.choice('ABCDEF')}-{stream.randint(1, 24):02d}-{stream.randint(1, 4)}"
    rack = f"R-{stream.randint(1, 60):02d}"
    packs = units // pack_units
    if packs < OVERSTOCK_FROM:
        return ((face, units),)
    behind = packs * 2 // 3 * pack_units
    return (face, units - behind), (rack, behind)

"""The catalogue: skus with stock, demand and places, drawn from a seed."""

from collections.abc import Iterable
from random import Random

from inventory_pipeline.simulator.layout import Layout, Place
from inventory_pipeline.simulator.names import (
    AWKWARD,
    DESIGNS,
    RETIRED_DESIGN,
    SHAPES,
    Shape,
)
from inventory_pipeline.simulator.words import Bins, Bundle, Item

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
BUNDLE_PRICE_CENTS = 5900

Named = tuple[str, str, Shape]


def build_catalogue(stream: Random, layout: Layout) -> list[Item]:
    """Return every item, awkward ones first; names are the same for every seed."""
    named = [(sku, title, Shape("", "", price)) for sku, title, price in AWKWARD]
    if layout.trade.skus is None:
        named += [_name(shape, design) for shape in SHAPES for design in DESIGNS]
    else:
        # A small shop has a few designs of every shape, so cases and packs are among them.
        spread = [_name(shape, design) for design in DESIGNS for shape in SHAPES]
        named = [*named, *spread][: layout.trade.skus]
    return [_build_item(number, name, stream, layout) for number, name in enumerate(named)]


def _name(shape: Shape, design: str) -> Named:
    return f"{shape.code}-{design.upper()}", f"{shape.noun}, {design}", shape


def _build_item(number: int, named: Named, stream: Random, layout: Layout) -> Item:
    sku, title, shape = named
    is_retired = title.endswith(RETIRED_DESIGN) and shape.pack_units == 1
    abc_class = "C" if is_retired else _draw_class(stream)
    _, lines, days, safety_stock = CLASSES[abc_class]
    lines_per_day = 0.0 if is_retired else stream.uniform(*lines) * layout.trade.pace
    packs = layout.trade.least_packs
    packs += round(lines_per_day * MEAN_UNITS_PER_LINE * stream.uniform(*days))
    units = packs * shape.pack_units
    if is_retired:
        units = RETIRED_UNITS[number // len(DESIGNS) % len(RETIRED_UNITS)]
    elsewhere = [
        place
        for place in layout.places[1:]
        if abc_class in _draw_classes_elsewhere(stream) and not shape.is_main_only
    ]
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
        stock={layout.home.location_id: _draw_bins(units, shape.pack_units, stream)}
        | dict(_find_stock_elsewhere(elsewhere, packs, shape.pack_units)),
        item_id_erp=f"{100_017 + number * 3:09d}",
    )


def _draw_class(stream: Random) -> str:
    shares = [share for share, *_ in CLASSES.values()]
    return stream.choices(list(CLASSES), weights=shares)[0]


def _draw_classes_elsewhere(stream: Random) -> str:
    """Return the classes kept at another place too: fast movers, and every second B."""
    return "AB" if stream.random() < 0.5 else "A"


def _find_stock_elsewhere(
    places: Iterable[Place], packs: int, pack_units: int
) -> Iterable[tuple[str, Bins]]:
    for place in places:
        units = (2 + packs * 2 // 5) * pack_units
        yield place.location_id, (("FLOOR" if place.has_bins else "", units),)


def _draw_bins(units: int, pack_units: int, stream: Random) -> Bins:
    """Return a pick face, and for larger stocks a place in the racks behind it."""
    face = f"{stream.choice('ABCDEF')}-{stream.randint(1, 24):02d}-{stream.randint(1, 4)}"
    rack = f"R-{stream.randint(1, 60):02d}"
    packs = units // pack_units
    if packs < OVERSTOCK_FROM:
        return ((face, units),)
    behind = packs * 2 // 3 * pack_units
    return (face, units - behind), (rack, behind)


def build_bundles(items: list[Item], stream: Random, count: int) -> list[Bundle]:
    """Return sets of two items each, one of the first and one or two of the second."""
    fit = [item for item in items if item.pack_units == 1 and item.lines_per_day > 0]
    bundles = []
    for number in range(1, count + 1):
        first, second = stream.sample(fit, 2)
        bill = ((first.sku, 1), (second.sku, stream.randint(1, 2)))
        title = f"Gift Set {number}: {first.title} with {second.title}"
        bundles.append(Bundle(f"SET-{number:02d}", title, BUNDLE_PRICE_CENTS, bill))
    return bundles

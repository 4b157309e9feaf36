"""Settings: the configuration and the catalogue files of the simulated shop."""

from collections.abc import Collection, Iterator
from datetime import date, timedelta

from inventory_pipeline.config.values import render_duration
from inventory_pipeline.simulator.identity import find_item_id, find_unit
from inventory_pipeline.simulator.layout import Layout
from inventory_pipeline.simulator.paths import Batch
from inventory_pipeline.simulator.shop import Goods
from inventory_pipeline.simulator.tables import Cell, render_csv
from inventory_pipeline.simulator.words import (
    ERP,
    MARKETPLACE,
    MIDDLEWARE,
    SHELF,
    STOREFRONT,
    THREEPL,
    Item,
)

ITEMS = (
    "sku", "title", "price", "unit_cost", "abc_class", "safety_stock", "lead_days",
    "min_order_units", "bin",
)  # fmt: skip
LOCATIONS = ("location_id", "system", "their_location_id")
IDENTITIES = ("sku", "system", "item_id", "unit", "eaches_per_unit")

_HEAD = """\
# A simulated shop. Everything beside this file was written by the simulator: exports/ is
# what the systems dropped, truth/ is what really happened (the pipeline never reads it).
business:
  name: {business}
  time_zone: America/Los_Angeles
  currency: USD
storage:
  directory: local
systems:
"""
_ROLES = {
    SHELF: ("wms", "the bins, as the warehouse scans them"),
    THREEPL: ("threepl", "keeps part of the goods, reports by file"),
    STOREFRONT: ("storefront", "sells; hears of orders first and of goods later"),
    ERP: ("erp", "the books; counts cases of some items"),
    MARKETPLACE: ("marketplace", "a second window on the same goods"),
    MIDDLEWARE: ("middleware", "carries words between the others, and logs them"),
}
_CHANNEL_RULE = """\
  - system: {system}
    fact: available
    expects: "greatest(0, on_hand - committed - safety_stock)"
    rule:
      reason: sell what is free and keep the safety stock
      author: operations
      since: {decided_on}
      reviewed_on: {decided_on}
"""
_CATALOG = """\
catalog: {items: catalog.csv, locations: locations.csv, identities: identities.csv}
"""
_TAIL = """\
handoffs:
{handoffs}
registry: {{review_days: 3650}}           # a simulated shop never sits down to review
automatic: false                        # and writes nothing more: no hour comes by itself
return_due_days: {return_due_days}
mail: {{to: [ops@example.com], from: pipeline@example.com, at: "07:00"}}
"""


def find_feeds(layout: Layout, tier: int) -> dict[str, tuple[str, ...]]:
    """Return the feeds a shop exports at a tier of observability, by system.

    Tier 0 has counts; tier 1 also what the owners and the order book tell of movements,
    and documents; tier 2 everything.
    """
    shown = {0: ("counts",), 1: ("counts", "movements", "documents")}.get(tier)
    found = {}
    for system in (*layout.systems, MIDDLEWARE):
        feeds = layout.feeds.get(system, ())
        feeds = feeds if shown is None else tuple(feed for feed in feeds if feed in shown)
        if feeds:
            found[system] = feeds
    return found


def find_path(layout: Layout, system: str, feed: str) -> str:
    """Return the path of an export with ``{hour}`` in it."""
    suffix = layout.find_style(system).formats.get(feed, "csv")
    return f"exports/{system}/{feed}-{{hour}}.{suffix}"


def render_yaml(layout: Layout, opened_on: date, *, tier: int) -> str:
    """Return the configuration; decisions are dated before the shop opened."""
    decided_on = opened_on - timedelta(days=7)
    blocks = [
        _render_system(layout, system, feeds) for system, feeds in find_feeds(layout, tier).items()
    ]
    rules = [
        _CHANNEL_RULE.format(system=system, decided_on=decided_on) for system in layout.channels
    ]
    return "".join(
        (
            _HEAD.format(business=layout.business),
            *blocks,
            "catalog: {items: catalog.csv, locations: locations.csv, identities: identities.csv}\n",
            _render_facts(layout, decided_on),
            "mirrors:\n  - {system: erp, fact: on_hand, expects: on_hand}\n",
            *rules,
            _TAIL.format(
                handoffs="\n".join(_find_handoffs(layout)), return_due_days=layout.return_due_days
            ),
        )
    )


def _render_system(layout: Layout, system: str, feeds: tuple[str, ...]) -> str:
    role, story = _ROLES[system]
    lines = [
        f"  {system}:".ljust(40) + f"# {story}",
        f"    role: {role}",
        "    connector: files",
        "    options:",
        *(f'      {feed}: "{find_path(layout, system, feed)}"' for feed in feeds),
        f"    decrements_at: {'order' if system in layout.channels else 'shipment'}",
        f"    sync: {_render_sync(layout, system)}",
        f"    max_age: {_find_max_age(layout, system)}",
    ]
    if system == STOREFRONT:
        lines.append("    writes: [available]")
    return "\n".join(lines) + "\n"


def _render_sync(layout: Layout, system: str) -> str:
    delay = layout.erp_delay
    if system == ERP and isinstance(delay, Batch):
        every, at = render_duration(delay.every), delay.at.strftime("%H:%M")
        return f'{{trigger: batch, every: {every}, at: "{at}"}}'
    return "{trigger: batch, every: 15m}" if system == THREEPL else "{trigger: event}"


def _find_max_age(layout: Layout, system: str) -> str:
    delay = layout.erp_delay
    if system == ERP and isinstance(delay, Batch):
        return render_duration(delay.every + timedelta(hours=2))
    return "90m"


def _render_facts(layout: Layout, decided_on: date) -> str:
    scopes = ", ".join(
        f"{{location: {place.location_id}, owner: {THREEPL}}}"
        for place in layout.find_places_of(THREEPL)
    )
    lines = [
        "facts:",
        "  on_hand:",
        "    owner: shelf",
        "    reason: a bin can be walked to and counted",
        "    decided_by: operations",
        f"    decided_on: {decided_on}",
        *([f"    scopes: [{scopes}]"] if scopes else []),
        "  committed:",
        "    owner: storefront",
        "    reason: the promise is made at checkout, and the order book is there",
        "    decided_by: operations",
        f"    decided_on: {decided_on}",
    ]
    return "\n".join(lines) + "\n"


def _find_handoffs(layout: Layout) -> Iterator[str]:
    for path in layout.paths:
        if not path.is_inner:
            yield (
                f"  - {{path: {path.name}, source: {path.source}, target: {path.target}, "
                f"carries: [{', '.join(path.carries)}],\n"
                f"     max_delay: {render_duration(path.max_delay)}, responsible: integrations}}"
            )


def render_items(goods: Goods) -> bytes:
    """Return catalog.csv; the bin is the pick face at home. Sets stand behind the items."""
    header = (*ITEMS, "is_bundle") if goods.bundles else ITEMS
    return render_csv(header, (row[: len(header)] for row in _find_items(goods)))


def _find_items(goods: Goods) -> Iterator[tuple[Cell, ...]]:
    for item in goods.items.values():
        yield (
            item.sku, item.title, _render_cents(item.price_cents),
            _render_cents(item.cost_cents), item.abc_class, item.safety_stock,
            item.lead_days, item.pack_units, item.bins[0][0], "no",
        )  # fmt: skip
    for bundle in goods.bundles.values():
        price = _render_cents(bundle.price_cents)
        yield bundle.sku, bundle.title, price, None, "C", 0, None, 1, None, "yes"


def render_locations(layout: Layout) -> bytes:
    """Return locations.csv: every system's own name of a place."""
    rows = (
        (place.location_id, system, place.names[system])
        for system in (ERP, STOREFRONT, THREEPL, MARKETPLACE, SHELF)
        for place in layout.places
        if system in layout.systems and system in place.names
    )
    return render_csv(LOCATIONS, rows)


def render_identities(goods: Goods, layout: Layout) -> bytes:
    """Return identities.csv: the ERP's numbers and units, the 3PL's names."""
    return render_csv(IDENTITIES, _find_identities(goods.items.values(), layout))


def _find_identities(items: Collection[Item], layout: Layout) -> Iterator[tuple[Cell, ...]]:
    for item in items:
        item_id = find_item_id(ERP, item.sku, item)
        yield item.sku, ERP, item_id, find_unit(item), item.case_units
    theirs = [place.location_id for place in layout.find_places_of(THREEPL)]
    for item in items:
        if any(place in item.stock for place in theirs):
            yield item.sku, THREEPL, find_item_id(THREEPL, item.sku, item), None, None


def _render_cents(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"

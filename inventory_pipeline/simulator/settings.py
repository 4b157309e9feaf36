"""Settings: the configuration and the catalogue files of the simulated shop."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from inventory_pipeline.config.values import render_duration
from inventory_pipeline.simulator.identity import THEIR_LOCATIONS, find_item_id, find_unit
from inventory_pipeline.simulator.paths import PATHS
from inventory_pipeline.simulator.tables import Cell, render_csv
from inventory_pipeline.simulator.words import EAST, ERP, THREEPL, Item

ITEMS = (
    "sku", "title", "price", "unit_cost", "abc_class", "safety_stock", "lead_days",
    "min_order_units", "bin",
)  # fmt: skip
LOCATIONS = ("location_id", "system", "their_location_id")
IDENTITIES = ("sku", "system", "item_id", "unit", "eaches_per_unit")

_YAML = """\
# A simulated shop. Everything beside this file was written by the simulator: exports/ is
# what the systems dropped, truth/ is what really happened (the pipeline never reads it).
business:
  name: Lantern & Loom
  time_zone: America/Los_Angeles
  currency: USD
storage:
  directory: local
systems:
  shelf:                                # the bins of MAIN, as the warehouse scans them
    role: wms
    connector: files
    options:
      counts: "exports/shelf/counts-{{hour}}.csv"
      movements: "exports/shelf/movements-{{hour}}.csv"
    decrements_at: shipment
    sync: {{trigger: event}}
    max_age: 90m
  threepl:                              # keeps part of the goods, reports by file
    role: threepl
    connector: files
    options:
      counts: "exports/threepl/counts-{{hour}}.csv"
      movements: "exports/threepl/movements-{{hour}}.csv"
    decrements_at: shipment
    sync: {{trigger: batch, every: 15m}}
    max_age: 90m
  storefront:                           # sells; hears of orders first and of goods later
    role: storefront
    connector: files
    options:
      counts: "exports/storefront/counts-{{hour}}.csv"
      movements: "exports/storefront/movements-{{hour}}.csv"
      levels: "exports/storefront/levels-{{hour}}.csv"
    decrements_at: order
    sync: {{trigger: event}}
    max_age: 90m
    snapshot: {{max_newly_zero_share: 0.25}}  # promises fall to zero as parcels leave
    writes: [available]
  erp:                                  # the books: one batch a night, cases for some items
    role: erp
    connector: files
    options:
      counts: "exports/erp/counts-{{hour}}.csv"
      movements: "exports/erp/movements-{{hour}}.csv"
      levels: "exports/erp/levels-{{hour}}.csv"
    decrements_at: shipment
    sync: {{trigger: batch, every: 24h, at: "02:00"}}
    max_age: 26h
catalog: {{items: catalog.csv, locations: locations.csv, identities: identities.csv}}
facts:
  on_hand:
    owner: shelf
    reason: a bin can be walked to and counted
    decided_by: operations
    decided_on: {decided_on}
    scopes: [{{location: {east}, owner: threepl}}]
  committed:
    owner: storefront
    reason: the promise is made at checkout, and the order book is there
    decided_by: operations
    decided_on: {decided_on}
mirrors:
  - {{system: erp, fact: on_hand, expects: on_hand}}
  - system: storefront
    fact: available
    expects: "greatest(0, on_hand - committed - safety_stock)"
    rule:
      reason: sell what is free and keep the safety stock
      author: operations
      since: {decided_on}
      reviewed_on: {decided_on}
handoffs:
{handoffs}
registry: {{review_days: 3650}}           # a simulated shop never sits down to review
automatic: false                        # and writes nothing more: no hour comes by itself
mail: {{to: [ops@example.com], from: pipeline@example.com, at: "07:00"}}
"""


def render_yaml(opened_on: date) -> str:
    """Return the configuration; decisions are dated before the shop opened."""
    return _YAML.format(
        decided_on=opened_on - timedelta(days=7),
        east=EAST,
        handoffs="\n".join(_find_handoffs()),
    )


def _find_handoffs() -> Iterator[str]:
    for path in PATHS:
        if path.source != path.target:
            yield (
                f"  - {{path: {path.name}, source: {path.source}, target: {path.target}, "
                f"carries: [{', '.join(path.carries)}],\n"
                f"     max_delay: {render_duration(path.max_delay)}, responsible: integrations}}"
            )


def render_items(items: Mapping[str, Item]) -> bytes:
    """Return catalog.csv; the bin is the pick face at MAIN."""
    rows: Iterator[tuple[Cell, ...]] = (
        (
            item.sku, item.title, _render_cents(item.price_cents),
            _render_cents(item.cost_cents), item.abc_class, item.safety_stock,
            item.lead_days, item.pack_units, item.bins[0][0],
        )
        for item in items.values()
    )  # fmt: skip
    return render_csv(ITEMS, rows)


def render_locations() -> bytes:
    """Return locations.csv: every system's own name of a place."""
    rows = ((ours, system, theirs) for (system, ours), theirs in THEIR_LOCATIONS.items())
    return render_csv(LOCATIONS, rows)


def render_identities(items: Mapping[str, Item]) -> bytes:
    """Return identities.csv: the ERP's numbers and units, the 3PL's names."""
    return render_csv(IDENTITIES, _find_identities(items))


def _find_identities(items: Mapping[str, Item]) -> Iterator[tuple[Cell, ...]]:
    for item in items.values():
        item_id = find_item_id(ERP, item.sku, item)
        yield item.sku, ERP, item_id, find_unit(item), item.case_units
    for item in items.values():
        if item.east_units is not None:
            yield item.sku, THREEPL, find_item_id(THREEPL, item.sku, item), None, None


def _render_cents(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"

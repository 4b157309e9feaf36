"""Pictures of one hour drawn as small tables: two items, two places, four keys."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl

from inventory_pipeline.config.models import Settings
from inventory_pipeline.model.catalog import Catalog
from inventory_pipeline.reconcile.dense import Hour
from inventory_pipeline.reconcile.hour import Batch, Picture

TEN = datetime(2026, 4, 6, 10, tzinfo=UTC)
READ = TEN.replace(minute=55)


def draw(
    *counts: tuple[str, str, dict[int, int]],
    status: dict[str, str] | None = None,
    whole: bool = True,
    places: tuple[str, ...] = ("MAIN", "EAST"),
) -> Picture:
    """Return an hour in which systems said so: (system, fact, key → units).

    Keys 0 and 1 are item A at the two places, 2 and 3 are item B; and so on for more places.
    """
    size = 2 * len(places)
    hour = Hour(size)
    for system, fact, units in counts:
        hour.add(
            system, fact, keys=list(units), units=list(units.values()), unknown_keys=[],
            is_whole=whole,
        )  # fmt: skip
    told = dict.fromkeys((system for system, _, _ in counts), "complete") | (status or {})
    return Picture(
        hour_at=TEN,
        hour=hour,
        sku_of=np.arange(size) // len(places),
        place_of=np.arange(size) % len(places),
        skus=pl.Series("sku", ["A", "B"]),
        places={name: number for number, name in enumerate(places)},
        batches={
            name: Batch(number, name, state, READ)
            for number, (name, state) in enumerate(told.items())
        },
        fact_ids={"on_hand": 1, "committed": 2, "available": 3},
    )


def settle(**changes: Any) -> Settings:
    """Return a shelf that owns on_hand, books beside it, and a shop that falls at the order."""
    known = {
        "business": {"name": "Test"},
        "systems": {
            "shelf": {"role": "wms", "connector": "files"},
            "erp": {"role": "erp", "connector": "files"},
            "shop": {"role": "storefront", "connector": "files", "decrements_at": "order"},
        },
        "facts": {"on_hand": {"owner": "shelf"}},
        "mirrors": [{"system": "shop", "fact": "on_hand", "expects": "on_hand"}],
    }
    return Settings.model_validate(known | changes)


def stock(*items: dict[str, Any], identities: list[dict[str, Any]] | None = None,
          locations: list[tuple[str, str, str]] | None = None) -> Catalog:  # fmt: skip
    """Return a catalogue; an item is its sku and what differs from a plain one."""
    plain = {
        "sku": "A", "title": "", "price": None, "unit_cost": None, "abc_class": None,
        "safety_stock": 0, "bin": "", "is_bundle": False,
    }  # fmt: skip
    return Catalog(
        pl.DataFrame(
            [plain | item for item in items or ({"sku": "A"}, {"sku": "B"})],
            schema_overrides={"price": pl.Float64, "unit_cost": pl.Float64, "abc_class": pl.String},
        ),
        pl.DataFrame(
            identities or [],
            schema={
                "system": pl.String, "item_id": pl.String, "unit": pl.String, "sku": pl.String,
                "numerator": pl.Int64, "denominator": pl.Int64,
                "valid_from": pl.Datetime("us", "UTC"), "valid_to": pl.Datetime("us", "UTC"),
            },
        ),
        pl.DataFrame(
            locations or [],
            schema={"system": pl.String, "their_location_id": pl.String, "location_id": pl.String},
            orient="row",
        ),
    )  # fmt: skip

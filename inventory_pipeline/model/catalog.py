"""The catalogue: what is sold, where it lies, who calls it what."""

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Catalog:
    """Attributes.

    items: one row per sku: title, price, unit_cost, abc_class, safety_stock (Int64), bin,
        is_bundle (a set sold as one item: never compared as stock).
    identities: one row per (system, item_id, unit, validity): sku, numerator, denominator
        (eaches per unit as an exact fraction; numerator 0 is unresolved), valid_from, valid_to.
    locations: one row per (system, their_location_id, location_id).
    """

    items: pl.DataFrame
    identities: pl.DataFrame
    locations: pl.DataFrame


def find_pools(locations: pl.DataFrame) -> pl.DataFrame:
    """Return the places where a system counts several of our locations as one.

    Returns:
        Columns system, pool_id (``A+B``), location_id: one row per member.
    """
    return (
        locations.group_by("system", "their_location_id")
        .agg(pl.col("location_id").sort())
        .filter(pl.col("location_id").list.len() > 1)
        .with_columns(pool_id=pl.col("location_id").list.join("+"))
        .explode("location_id")
        .select("system", "pool_id", "location_id")
        .sort("system", "pool_id", "location_id")
    )

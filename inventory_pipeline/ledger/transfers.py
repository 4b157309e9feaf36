"""Transfers: units that left one place and have not come to another are in transit.

Each transfer is an entry of three accounts: the origin, in transit, the destination. What
leaves one enters the next, so that their sum never changes; in transit has one owner.
"""

from typing import Any

import polars as pl

from inventory_pipeline.ledger.ownership import Ownership
from inventory_pipeline.model.frames import INSTANT

# Grain: one transfer of one item; eaches. References are the names it goes by; causes are
# what it was made for.
TRANSFER: dict[str, Any] = {
    "transfer_id": pl.String,
    "sku": pl.String,
    "owner": pl.String,
    "origin_key_id": pl.Int32,
    "origin_id": pl.String,
    "destination_key_id": pl.Int32,
    "destination_id": pl.String,
    "shipped_units": pl.Int64,
    "shipped_at": INSTANT,
    "received_units": pl.Int64,
    "received_at": INSTANT,
    "in_transit_units": pl.Int64,
    "references": pl.List(pl.String),
    "causes": pl.List(pl.String),
}


def compute_transfers(legs: pl.DataFrame, ownership: Ownership) -> pl.DataFrame:
    """Put the legs that systems told of together.

    A receipt belongs to the shipment it names, by cause or by reference. One that names
    none belongs to the oldest shipment of the item to that place that is still open, if
    one is. A receipt of nothing that was ever shipped is left out: nobody can say of what.

    Args:
        legs: rows of ``load_transfers``.
        ownership: of two tellings the one of the place's owner counts.
    """
    told = _choose_tellings(legs, ownership)
    outs = told.filter(pl.col("kind") == "transfer_out").with_columns(
        transfer_id=pl.coalesce(_text("reference_id"), "movement_id")
    )
    ins = told.filter(pl.col("kind") == "transfer_in")
    named = _name_receipts(ins, outs)
    shipped = _sum_shipped(outs)
    free = _match_nameless(named.filter(pl.col("transfer_id").is_null()), shipped, named)
    received = (
        pl.concat([named.filter(pl.col("transfer_id").is_not_null()), free])
        .group_by("transfer_id", "sku")
        .agg(
            received_units=pl.col("units").sum(),
            received_at=pl.col("moved_at").min(),
            arrived_key_id=pl.col("key_id").first(),
            arrived_id=pl.col("location_id").first(),
        )
    )
    return _balance(shipped.join(received, on=["transfer_id", "sku"], how="left", validate="1:1"))


def _text(column: str) -> pl.Expr:
    """Return the column with empty text as null."""
    return pl.when(pl.col(column) != "").then(pl.col(column))


def _choose_tellings(legs: pl.DataFrame, ownership: Ownership) -> pl.DataFrame:
    """Keep the owner's telling of each leg; another's only where the owner tells of none."""
    speakers = legs["system"].unique().to_list()
    owned = legs.with_columns(owner=ownership.name_owner())
    is_silent = ~pl.col("owner").is_in(speakers)
    kept = owned.filter((pl.col("system") == pl.col("owner")) | is_silent)
    first = pl.col("system") == pl.col("system").min().over("sku", "location_id", "kind")
    return kept.filter(first).sort("moved_at", "movement_id")


def _name_receipts(ins: pl.DataFrame, outs: pl.DataFrame) -> pl.DataFrame:
    names = pl.concat(
        [
            outs.select("sku", "transfer_id", alias="movement_id"),
            outs.select("sku", "transfer_id", alias="transfer_id"),
        ]
    ).unique(["sku", "alias"], keep="first", maintain_order=True)
    found = ins
    for column in ("cause_id", "reference_id"):
        found = found.join(
            names.rename({"alias": column, "transfer_id": f"by_{column}"}),
            on=["sku", column], how="left", validate="m:1", maintain_order="left",
        )  # fmt: skip
    return found.with_columns(transfer_id=pl.coalesce("by_cause_id", "by_reference_id"))


def _sum_shipped(outs: pl.DataFrame) -> pl.DataFrame:
    return (
        outs.group_by("transfer_id", "sku", maintain_order=True)
        .agg(
            owner=pl.col("system").first(),
            origin_key_id=pl.col("key_id").first(),
            origin_id=pl.col("location_id").first(),
            destination_key_id=pl.col("destination_key_id").drop_nulls().first(),
            destination_id=pl.col("destination_id").max(),
            shipped_units=pl.col("units").sum(),
            shipped_at=pl.col("moved_at").min(),
            references=pl.col("movement_id").append(pl.col("transfer_id")).unique().sort(),
            causes=pl.col("cause_id").append(pl.col("reference_id")).unique().sort(),
        )
        .sort("shipped_at", "transfer_id", "sku")
    )


def _match_nameless(free: pl.DataFrame, shipped: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """Give each receipt without a name the oldest open shipment to its place."""
    taken = (
        named.drop_nulls("transfer_id").group_by("transfer_id", "sku").agg(pl.col("units").sum())
    )
    rest = shipped.join(taken, on=["transfer_id", "sku"], how="left").with_columns(
        left=pl.col("shipped_units") - pl.col("units").fill_null(0)
    )
    wanted = free.select("sku", "location_id").unique()
    rest = rest.join(
        wanted, left_on=["sku", "destination_id"], right_on=["sku", "location_id"], how="semi"
    )
    open_now: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rest.sort("shipped_at", "transfer_id").iter_rows(named=True):
        open_now.setdefault((row["sku"], row["destination_id"]), []).append(row)
    ids = [_take(open_now.get((r["sku"], r["location_id"]), []), r) for r in free.to_dicts()]
    matched = free.with_columns(pl.Series("transfer_id", ids, dtype=pl.String))
    return matched.drop_nulls("transfer_id")


def _take(shipments: list[dict[str, Any]], receipt: dict[str, Any]) -> str | None:
    """Return the shipment of equal size, else the oldest, that left before the receipt."""
    there = [s for s in shipments if s["left"] > 0 and s["shipped_at"] <= receipt["moved_at"]]
    equal = [s for s in there if s["left"] == receipt["units"]]
    if not there:
        return None
    chosen = (equal or there)[0]
    chosen["left"] -= receipt["units"]
    return str(chosen["transfer_id"])


def _balance(transfers: pl.DataFrame) -> pl.DataFrame:
    """What was shipped and not received is in transit; what came above it is not."""
    received = pl.col("received_units").fill_null(0)
    return (
        transfers.with_columns(
            received_units=received,
            destination_key_id=pl.coalesce("destination_key_id", "arrived_key_id"),
            destination_id=pl.coalesce(_text("destination_id"), "arrived_id", pl.lit("")),
            in_transit_units=pl.max_horizontal(pl.col("shipped_units") - received, pl.lit(0)),
        )
        .select(pl.col(name).cast(kind) for name, kind in TRANSFER.items())
        .sort("shipped_at", "transfer_id", "sku")
    )

"""Rows: balances and lines, each with its names, as rows of our feeds. Pure."""

from collections.abc import Mapping

import polars as pl

from inventory_pipeline.connectors.adding_up import (
    Kept,
    drop_twins,
    find_shared_names,
    set_aside,
    write_plainly,
)
from inventory_pipeline.connectors.json_columns import RowPlan
from inventory_pipeline.connectors.json_sheet import Rejection, Sheet
from inventory_pipeline.connectors.json_tables import plan_table
from inventory_pipeline.connectors.netsuite.options import NetsuiteOptions
from inventory_pipeline.connectors.tables import build_rejected
from inventory_pipeline.model.frames import RAW_FEEDS
from inventory_pipeline.model.movements import ON_HAND_SIGN, SIGNED_KINDS
from inventory_pipeline.model.ports import RawFrame
from inventory_pipeline.model.wording import word

# What a transaction means, by its type, or by its type and that of what it was created from.
# A type that is not here changes stock all the same: it is an adjustment.
KINDS = {
    "ItemShip": "shipment",
    "ItemShip/TrnfrOrd": "transfer_out",
    "ItemRcpt": "receipt",
    "ItemRcpt/TrnfrOrd": "transfer_in",
    "ItemRcpt/RtnAuth": "return_received",
    "CashSale": "shipment",
    "CustInvc": "shipment",
    "CashRfnd": "return_received",
    "CustCred": "return_received",
    "VendBill": "receipt",
    "VendCred": "shipment",
}
USUAL = "adjustment"
# One transaction with a line at both of its ends.
_TRANSFERS = ("InvTrnfr",)


def plan_counts(options: NetsuiteOptions) -> RowPlan:
    """Return where the columns of balances stand."""
    quantities = {name: name for name in options.facts.values()}
    columns = {**{name: name for name in ("item", "location", "code", "place")}, **quantities}
    # NetSuite leaves out what is null.
    return plan_table(columns, rows="items[]", optional=["code", "place", *quantities])


def plan_movements() -> RowPlan:
    """Return where the columns of lines stand."""
    always = ["doc", "line_no", "doc_type", "item"]
    others = [
        "doc_number", "source_type", "source_number", "code", "location", "place", "quantity",
        "assigned", "moved_at", "recorded_at",
    ]  # fmt: skip
    columns = {name: name for name in (*always, *others)}
    return plan_table(columns, rows="items[]", optional=others)


def build_counts(balances: Sheet, options: NetsuiteOptions, *, as_of: str) -> RawFrame:
    """Return one row an item, location and fact."""
    cells = balances.cells.with_columns(key=word("item {} at {}", "item", "location"))
    once = drop_twins(cells, part="key", keys=["key"])
    named = _name(once.cells, options)
    rows = pl.concat(
        named.cells.select(
            "row",
            "item_id",
            "location_id",
            fact=pl.lit(fact),
            quantity=write_plainly(name),
            as_of=pl.lit(as_of),
        )
        for fact, name in options.facts.items()
    )
    rejected = [*balances.rejected, *once.rejected, *named.rejected]
    return _finish(rows.sort("row", maintain_order=True), rejected, "counts")


def build_movements(lines: Sheet, options: NetsuiteOptions) -> RawFrame:
    """Return one row a line: its kind fixes the sign, or else it is a signed adjustment."""
    cells = lines.cells.with_columns(key=word("{}-{}", "doc", "line_no"))
    once = drop_twins(cells, part="key", keys=["key"])
    named = _name(once.cells, options)
    moved = named.cells.with_columns(
        write_plainly("quantity"), write_plainly("assigned"), kind=_find_kind(options.kinds)
    ).with_columns(quantity=pl.coalesce("assigned", "quantity"))
    is_out = pl.col("quantity").str.starts_with("-")
    moved = moved.with_columns(
        kind=pl.when(pl.col("doc_type").is_in(_TRANSFERS))
        .then(pl.when(is_out).then(pl.lit("transfer_out")).otherwise(pl.lit("transfer_in")))
        .otherwise("kind")
    )
    sign = pl.col("kind").replace_strict(ON_HAND_SIGN, return_dtype=pl.Int64)
    # A receipt that takes away is none, whatever its type says.
    fits = ~pl.col("kind").is_in(SIGNED_KINDS) & (sign == pl.when(is_out).then(-1).otherwise(1))
    rows = moved.filter(pl.col("quantity").ne_missing("0")).select(
        "row",
        movement_id="key",
        kind=pl.when(fits).then("kind").otherwise(pl.lit(USUAL)),
        item_id="item_id",
        location_id="location_id",
        quantity=pl.when(fits).then(pl.col("quantity").str.strip_prefix("-")).otherwise("quantity"),
        moved_at="moved_at",
        recorded_at="recorded_at",
        reference_id=pl.coalesce("source_number", "doc_number"),
    )
    rejected = [*lines.rejected, *once.rejected, *named.rejected]
    return _finish(rows, rejected, "movements")


def _name(cells: pl.DataFrame, options: NetsuiteOptions) -> Kept:
    """Put names beside ids; what nobody can name is set aside, what is not ours left out."""
    nothing = pl.lit(None, dtype=pl.String)
    item, place = ("item", "location")
    shared, elsewhere = nothing, nothing
    if options.identify_by == "itemid":
        item, shared = "code", find_shared_names(cells, name="code", key="item")
    if options.locate_by == "name":
        place, elsewhere = "place", find_shared_names(cells, name="place", key="location")
    lacks_item = pl.when(pl.col(item).is_null()).then(word("the item {} has no name", "item"))
    lacks_place = pl.when(pl.col(place).is_null()).then(
        word("the location {} has no name", "location")
    )
    named = cells.with_columns(
        item_id=pl.col(item),
        location_id=pl.col(place),
        reason=pl.coalesce(lacks_item, lacks_place, shared, elsewhere),
    )
    kept = set_aside(named)
    if options.locations is None:
        return kept
    ours = kept.cells.filter(pl.col("location_id").is_in(options.locations))
    return Kept(ours, kept.rejected)


def _find_kind(ours: Mapping[str, str]) -> pl.Expr:
    """Return the kind of a transaction: by type and source, else by type, else an adjustment."""
    known = {**KINDS, **ours}
    both = word("{}/{}", "doc_type", pl.col("source_type").fill_null(""))
    return pl.coalesce(
        both.replace_strict(known, default=None, return_dtype=pl.String),
        pl.col("doc_type").replace_strict(known, default=USUAL, return_dtype=pl.String),
    )


def _finish(rows: pl.DataFrame, rejected: list[Rejection], feed: str) -> RawFrame:
    required, optional = RAW_FEEDS[feed]
    known = [name for name in (*required, *optional) if name in rows.columns]
    return RawFrame(rows.select("row", *known), build_rejected(sorted(rejected)))

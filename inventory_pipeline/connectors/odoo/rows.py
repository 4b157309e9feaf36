"""Rows: quants, what they name, and moves, as rows of our feeds. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from inventory_pipeline.connectors.adding_up import (
    Kept,
    add_up,
    drop_twins,
    find_shared_names,
    set_aside,
    write_plainly,
)
from inventory_pipeline.connectors.json_sheet import Rejection, Sheet
from inventory_pipeline.connectors.odoo.options import ARRIVING, LEAVING, OdooOptions, Usage
from inventory_pipeline.connectors.tables import build_rejected
from inventory_pipeline.model.frames import RAW_FEEDS
from inventory_pipeline.model.ports import RawFrame
from inventory_pipeline.model.wording import word

# What Odoo writes where nothing is.
_NOTHING = "false"


@dataclass(frozen=True)
class Names:
    """What ids stand for.

    Attributes:
        products: product, item_id, bad_item (why it cannot be named), unit where it is read.
        places: place, location_id, bin, usage.
    """

    products: pl.DataFrame
    places: pl.DataFrame


def build_names(places: Sheet, products: Sheet, used: pl.Series, options: OdooOptions) -> Names:
    """Return the names of places and products.

    Args:
        used: ids of the products that the rows name; an archived one counts only if it is used.
    """
    return Names(_name_products(products, used, options), _name_places(places, options))


def build_counts(quants: Sheet, names: Names, options: OdooOptions, *, as_of: str) -> RawFrame:
    """Add quants up over lots, packages and owners: one row an item, place and fact."""
    once = drop_twins(quants.cells, part="id", keys=["product", "place"])
    named = _name(once.cells, names, ["place"], options.counted)
    keys = ["item_id", "location_id", *(["bin"] if options.locate_by == "warehouse" else [])]
    quantities = list(dict.fromkeys(options.facts.values()))
    sums = add_up(_pick(named.cells, options), keys=keys, quantities=quantities)
    rows = pl.concat(
        [
            sums.select("row", *keys, fact=pl.lit(fact), quantity=pl.col(name))
            for fact, name in options.facts.items()
        ]
    ).with_columns(as_of=pl.lit(as_of))
    rejected = [*quants.rejected, *once.rejected, *named.rejected]
    return _finish(rows.sort("row", maintain_order=True), rejected, "counts")


def build_movements(moves: Sheet, names: Names, options: OdooOptions) -> RawFrame:
    """Turn every move into what it means at the places we count: nothing, one row, or two."""
    counted = options.counted
    once = drop_twins(moves.cells, part="id", keys=["id"])
    named = _name(_find_ours(once.cells, names, counted), names, ["source", "target"], counted)
    cells = named.cells.with_columns(
        leaves=pl.col("source_usage").is_in(counted),
        arrives=pl.col("target_usage").is_in(counted),
    ).filter(
        # Within one place nothing has moved.
        ~(pl.col("leaves") & pl.col("arrives")).fill_null(False)
        | (pl.col("source_location_id") != pl.col("target_location_id"))
    )
    is_both = pl.col("leaves") & pl.col("arrives")
    outward = _turn(cells.filter("leaves"), "source", "target", LEAVING, options.leaving, is_both)
    inward = _turn(cells.filter("arrives"), "target", "source", ARRIVING, options.arriving, is_both)
    rows = pl.concat([outward, inward]).sort("row", maintain_order=True)
    rejected = [*moves.rejected, *once.rejected, *named.rejected]
    return _finish(_pick(rows, options), rejected, "movements")


def _name_products(products: Sheet, used: pl.Series, options: OdooOptions) -> pl.DataFrame:
    cells = products.cells.unique("id", keep="first", maintain_order=True)
    code = pl.when(pl.col("code") != _NOTHING).then(pl.col("code").str.strip_chars())
    cells = cells.with_columns(
        code=pl.when(code.str.len_chars() > 0).then(code),
        is_in_use=(pl.col("active") == "true") | pl.col("id").is_in(used.implode()),
    )
    unit = ["unit"] if "unit" in cells.columns else []
    if options.identify_by == "id":
        return cells.select(
            "id", *unit, item_id=pl.col("id"), bad_item=pl.lit(None, dtype=pl.String)
        )
    shared = find_shared_names(cells.filter("is_in_use"), name="code", key="id")
    lacks = word("the product {} has no internal reference (default_code)", "id")
    return cells.select(
        "id",
        *unit,
        item_id=pl.col("code"),
        bad_item=pl.when(pl.col("code").is_null()).then(lacks).otherwise(shared),
    )


def _name_places(places: Sheet, options: OdooOptions) -> pl.DataFrame:
    cells = places.cells.unique("id", keep="first", maintain_order=True)
    column = {"id": "id", "complete_name": "name", "warehouse": "warehouse"}[options.locate_by]
    place = pl.when(pl.col(column) != _NOTHING).then(pl.col(column))
    if options.locate_by == "complete_name":
        shared = find_shared_names(cells, name="name", key="id")
    else:
        shared = pl.lit(None, dtype=pl.String)
    return cells.select("id", "usage", location_id=place, bin=pl.col("name"), bad_place=shared)


def _find_ours(moves: pl.DataFrame, names: Names, counted: list[str]) -> pl.DataFrame:
    """Return the moves with an end among the places we count, or with one that is not known."""
    usages = dict(names.places.select("id", "usage").iter_rows())
    ends = [
        pl.col(end).replace_strict(usages, default=None, return_dtype=pl.String)
        for end in ("source", "target")
    ]
    return moves.filter(pl.any_horizontal(u.is_null() | u.is_in(counted) for u in ends))


def _name(cells: pl.DataFrame, names: Names, places: list[str], counted: list[str]) -> Kept:
    """Put names beside ids; rows that name what nobody can name are set aside.

    Args:
        places: columns with ids of places; of one the names stand alone, of several each has
            the column's name before it.
    """
    named = cells.join(
        names.products, how="left", left_on="product", right_on="id", validate="m:1",
        suffix="_of_product",
    )  # fmt: skip
    reason = (
        pl.when(pl.col("item_id").is_null() & pl.col("bad_item").is_null())
        .then(word("the product {} is not shown; may the user read it?", "product"))
        .otherwise(pl.col("bad_item"))
    )
    reasons = [reason]
    for column in places:
        prefix = "" if len(places) == 1 else f"{column}_"
        theirs = names.places.rename(
            {name: f"{prefix}{name}" for name in names.places.columns if name != "id"}
        )
        named = named.join(theirs, how="left", left_on=column, right_on="id", validate="m:1")
        reasons.append(_find_bad_place(column, prefix, counted))
    if "unit" in cells.columns:
        reasons.append(_find_other_unit())
    kept = set_aside(named.with_columns(reason=pl.coalesce(reasons)))
    return Kept(kept.cells.drop("bad_item"), kept.rejected)


def _find_bad_place(column: str, prefix: str, counted: list[str]) -> pl.Expr:
    usage, place = pl.col(f"{prefix}usage"), pl.col(f"{prefix}location_id")
    is_stock = usage.is_in(counted)
    return (
        pl.when(usage.is_null())
        .then(word("the location {} is not shown; may the user read it?", column))
        .when(is_stock & place.is_null())
        .then(word("the location {} belongs to no warehouse", column))
        .when(is_stock)
        .then(pl.col(f"{prefix}bad_place"))
    )


def _find_other_unit() -> pl.Expr:
    ours, theirs = pl.col("unit"), pl.col("unit_of_product")
    said = "the move counts in unit {}, and its product in unit {}"
    return pl.when(ours != theirs).then(word(said, ours, theirs))


def _pick(rows: pl.DataFrame, options: OdooOptions) -> pl.DataFrame:
    if options.locations is None:
        return rows
    return rows.filter(pl.col("location_id").is_in(options.locations))


def _turn(
    cells: pl.DataFrame,
    here: str,
    there: str,
    usual: Mapping[Usage, str],
    ours: Mapping[Usage, str],
    is_both: pl.Expr,
) -> pl.DataFrame:
    """Return what moves mean at the one end of them, ``here``."""
    is_outward = here == "source"
    leads_to = pl.when("arrives").then("target_location_id")
    kind = pl.col(f"{there}_usage").replace_strict(
        {**usual, **ours}, default="adjustment", return_dtype=pl.String
    )
    quantity = write_plainly("quantity")
    falls = pl.lit(is_outward) & (kind == "adjustment")
    side = pl.lit("-out" if is_outward else "-in")
    return cells.select(
        "row",
        movement_id=pl.when(is_both).then(pl.col("id") + side).otherwise("id"),
        kind=kind,
        item_id="item_id",
        location_id=f"{here}_location_id",
        quantity=pl.when(falls).then("-" + quantity).otherwise(quantity),
        moved_at=_read_time("moved_at"),
        recorded_at=_read_time("recorded_at"),
        reference_id=_find_reference(cells),
        destination_id=leads_to if is_outward else pl.lit(None, dtype=pl.String),
    )


def _find_reference(cells: pl.DataFrame) -> pl.Expr:
    names = [name for name in ("origin", "reference") if name in cells.columns]
    return pl.coalesce(
        pl.when((pl.col(n) != _NOTHING) & (pl.col(n) != "")).then(pl.col(n)) for n in names
    )


def _read_time(name: str) -> pl.Expr:
    """Write ``2026-04-06 10:00:00`` with its zone: Odoo tells UTC and does not say so."""
    is_naive = pl.col(name).str.contains(r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$")
    told = pl.col(name).str.replace(" ", "T") + "Z"
    return pl.when(is_naive).then(told).otherwise(pl.col(name))


def _finish(rows: pl.DataFrame, rejected: list[Rejection], feed: str) -> RawFrame:
    required, optional = RAW_FEEDS[feed]
    known = [name for name in (*required, *optional) if name in rows.columns]
    return RawFrame(rows.select("row", *known), build_rejected(sorted(rejected)))

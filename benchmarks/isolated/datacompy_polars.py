"""datacompy on polars: the comparison alone; units and rules are worked out for it before."""

from pathlib import Path

import polars as pl
from datacompy import PolarsCompare

HOUR = "2026-04-06T10"
KEY = ["sku", "location_id"]


def read(folder: Path, system: str) -> pl.DataFrame:
    """Return one system's export with our names."""
    path = folder / "exports" / f"{system}-{HOUR}.parquet"
    return pl.read_parquet(path).select("location_id", "fact", "quantity", sku="item_id")


def read_items(folder: Path) -> pl.DataFrame:
    """Return safety stock and the ERP's case size by sku."""
    cases = pl.read_csv(folder / "identities.csv").filter(
        (pl.col("system") == "erp") & (pl.col("unit") == "CS")
    )
    return (
        pl.read_csv(folder / "catalog.csv")
        .select("sku", "safety_stock")
        .join(cases.select(sku="item_id", factor="eaches_per_unit"), on="sku", how="left")
    )


def find_pairs(folder: Path) -> dict[str, tuple[pl.DataFrame, pl.DataFrame]]:
    """Return for each mirror what it should show and what it shows, in eaches."""
    shelf, items = read(folder, "shelf"), read_items(folder)
    held = shelf.filter(pl.col("fact") == "on_hand").drop("fact")
    promised = shelf.filter(pl.col("fact") == "committed").select(*KEY, committed="quantity")
    owner = held.join(promised, on=KEY, how="left").join(items, on="sku", how="left")
    on_hand, factor = pl.col("quantity"), pl.col("factor")
    free = on_hand - pl.col("committed").fill_null(0) - pl.col("safety_stock")
    rules = {"erp": on_hand // factor * factor, "storefront": free.clip(0), "threepl": on_hand}
    return {
        mirror: (owner.select(*KEY, units=rule), _show(folder, mirror, items))
        for mirror, rule in rules.items()
    }


def _show(folder: Path, mirror: str, items: pl.DataFrame) -> pl.DataFrame:
    shown = read(folder, mirror).select(*KEY, units="quantity")
    if mirror == "erp":
        shown = shown.join(items, on="sku", how="left").with_columns(
            units=pl.col("units") * pl.col("factor")
        )
    return shown.select(*KEY, "units")


def reconcile(folder: Path) -> dict[str, object]:
    """Return how many keys were compared, mirror by mirror."""
    compared = {}
    for mirror, (expected, shown) in find_pairs(folder).items():
        compare = PolarsCompare(expected, shown, join_columns=KEY)
        compared[mirror] = (len(compare.intersect_rows), compare.count_matching_rows())
    return {"compared": compared}

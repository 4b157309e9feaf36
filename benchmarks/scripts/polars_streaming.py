"""Polars: lazy joins with the streaming engine, as a careful person would write them."""

from pathlib import Path

import polars as pl

HOUR = "2026-04-06T10"
KEY = ["sku", "location_id"]


def read(folder: Path, system: str) -> pl.LazyFrame:
    """Return one system's export with our names."""
    path = folder / "exports" / f"{system}-{HOUR}.parquet"
    return pl.scan_parquet(path).select("location_id", "fact", "quantity", sku="item_id")


def read_items(folder: Path) -> pl.LazyFrame:
    """Return safety stock and the ERP's case size by sku."""
    cases = pl.scan_csv(folder / "identities.csv").filter(
        (pl.col("system") == "erp") & (pl.col("unit") == "CS")
    )
    return (
        pl.scan_csv(folder / "catalog.csv")
        .select("sku", "safety_stock")
        .join(cases.select(sku="item_id", factor="eaches_per_unit"), on="sku", how="left")
    )


def join_all(folder: Path) -> pl.LazyFrame:
    """Put the owner and its three mirrors beside each other."""
    shelf = read(folder, "shelf")
    promised = shelf.filter(pl.col("fact") == "committed").select(*KEY, committed="quantity")
    together = (
        shelf.filter(pl.col("fact") == "on_hand")
        .select(*KEY, on_hand="quantity")
        .join(promised, on=KEY, how="left")
    )
    for system in ("erp", "storefront", "threepl"):
        mirror = read(folder, system).select(*KEY, pl.col("quantity").alias(system))
        together = together.join(mirror, on=KEY, how="full", coalesce=True)
    return together.join(read_items(folder), on="sku", how="left").select(
        *KEY,
        "on_hand",
        erp=pl.col("erp") * pl.col("factor"),
        erp_expected=pl.col("on_hand") // pl.col("factor") * pl.col("factor"),
        storefront="storefront",
        storefront_expected=(
            pl.col("on_hand") - pl.col("committed").fill_null(0) - pl.col("safety_stock")
        ).clip(0),
        threepl="threepl",
        threepl_expected="on_hand",
    )


def judge(wide: pl.DataFrame, mirror: str) -> pl.DataFrame:
    """Return the exceptions of one mirror with status and severity."""
    on_hand, observed, expected = pl.col("on_hand"), pl.col("observed"), pl.col("expected")
    delta = pl.col("delta")
    return (
        wide.select(*KEY, "on_hand", observed=pl.col(mirror), expected=pl.col(f"{mirror}_expected"))
        .with_columns(delta=observed - expected)
        .with_columns(
            status=pl.when(on_hand.is_null() & (observed != 0))
            .then(pl.lit("ghost"))
            .when(observed.is_null() & (expected > 0))
            .then(pl.lit("absent"))
            .when(observed != expected)
            .then(pl.lit("drift"))
        )
        .filter(pl.col("status").is_not_null())
        .with_columns(
            severity=pl.when((pl.col("status") == "ghost") & (observed > 5))
            .then(pl.lit("major"))
            .when(pl.col("status").is_in(["ghost", "absent"]))
            .then(pl.lit("notable"))
            .when((on_hand <= 0) & (observed > 0))
            .then(pl.lit("major"))
            .when((observed <= 0) & (expected > 0))
            .then(pl.lit("major"))
            .when((expected > 0) & (delta.abs() >= 0.5 * expected))
            .then(pl.lit("major"))
            .when(delta.abs() <= 2)
            .then(pl.lit("minor"))
            .when(delta.abs() <= 5)
            .then(pl.lit("notable"))
            .otherwise(pl.lit("major")),
            mirror=pl.lit(mirror),
        )
    )


def find_odd() -> pl.Expr:
    """Return whether any mirror of a row needs a word."""
    return pl.any_horizontal(
        pl.col(m).ne_missing(pl.col(f"{m}_expected")) for m in ("erp", "storefront", "threepl")
    )


def find_totals() -> list[pl.Expr]:
    """Return what was compared and what was expected, mirror by mirror."""
    both = {
        m: pl.col(m).is_not_null() & pl.col("on_hand").is_not_null()
        for m in ("erp", "storefront", "threepl")
    }
    compared = [mask.sum().alias(f"{m}_compared") for m, mask in both.items()]
    units = [
        pl.col(f"{m}_expected").filter(mask).sum().alias(f"{m}_units") for m, mask in both.items()
    ]
    return [*compared, *units]


def reconcile(folder: Path) -> dict[str, object]:
    """Return the summary of one hour."""
    wide = join_all(folder)
    odd, totals = pl.collect_all(
        [wide.filter(find_odd()), wide.select(find_totals())], engine="streaming"
    )
    exceptions = pl.concat([judge(odd, mirror) for mirror in ("erp", "storefront", "threepl")])
    counts = (
        exceptions.group_by("mirror", "status", "severity")
        .agg(rows=pl.len(), units=pl.col("delta").sum())
        .sort("mirror", "status", "severity")
    )
    row = totals.row(0, named=True)
    mirrors = ("erp", "storefront", "threepl")
    tallies = {m: (row[f"{m}_compared"], row[f"{m}_units"]) for m in mirrors}
    return {"tallies": tallies, "counts": counts.rows()}

"""Record: what an hour found, put in place of what the hour held before."""

from typing import Any

import polars as pl

from inventory_pipeline.config.models import Settings
from inventory_pipeline.model.catalog import Catalog
from inventory_pipeline.model.frames import INSTANT
from inventory_pipeline.reconcile.hour import Picture
from inventory_pipeline.reconcile.packs import unpack_day
from inventory_pipeline.reconcile.past import update_findings
from inventory_pipeline.store.queries import load_query
from inventory_pipeline.store.warehouse import DuckWarehouse

EXCEPTION_COLUMNS = (
    "hour_at", "mirror", "fact", "key_id", "owner", "owner_units", "observed_units",
    "expected_units", "raw_delta_units", "in_flight_units", "lag_units", "delta_units",
    "status", "severity", "qualifiers",
)  # fmt: skip
TALLY_TYPES = {
    "hour_at": INSTANT,
    "batch_id": pl.Int32(),
    "fact_id": pl.Int16(),
}


def write(
    warehouse: DuckWarehouse,
    picture: Picture,
    settings: Settings,
    tallies: list[dict[str, Any]],
    rows: pl.DataFrame,
    sightings: pl.DataFrame,
    known: pl.DataFrame,
    catalog: Catalog,
) -> None:
    """Write tallies, rulings, exceptions and sightings of one hour, and bring findings up."""
    at = {"hour_at": picture.hour_at}
    unpack_day(warehouse, picture.hour_at)
    told = pl.DataFrame(tallies, schema_overrides=TALLY_TYPES)
    warehouse.replace_partition("reconcile.tallies", told, where=at)
    warehouse.replace_partition("reconcile.rulings", list_rulings(picture, settings), where=at)
    _write_classes(warehouse, settings, catalog)
    exceptions = rows.with_columns(hour_at=pl.lit(picture.hour_at).cast(INSTANT))
    warehouse.replace_partition(
        "reconcile.recent_exceptions", exceptions.select(EXCEPTION_COLUMNS), where=at
    )
    had = warehouse.query(load_query("reconcile", "load_sightings_of"), hour_at=picture.hour_at)
    warehouse.replace_partition("reconcile.recent_sightings", sightings, where=at)
    update_findings(warehouse, picture.hour_at, had=had, sightings=sightings, known=known)


def _write_classes(warehouse: DuckWarehouse, settings: Settings, catalog: Catalog) -> None:
    """Keep which class an item is in, for the views that ask who owns it by class."""
    if not any(scope.abc_class for fact in settings.facts.values() for scope in fact.scopes):
        return
    skus = warehouse.query(load_query("reconcile", "load_skus"))
    classes = skus.join(catalog.items.select("sku", "abc_class"), on="sku", how="inner")
    warehouse.replace_all("ingest.sku_classes", classes.select("sku_id", "abc_class"))


def list_rulings(picture: Picture, settings: Settings) -> pl.DataFrame:
    """Return who owned what in the hour, so that a later owner does not rewrite it."""
    rows = []
    for name, fact in settings.facts.items():
        if len(fact.owners) != 1:
            continue
        scopes = [(s.location, s.abc_class, s.owner) for s in fact.scopes]
        for location, abc_class, owner in [(None, None, fact.owners[0]), *scopes]:
            batch = picture.batches.get(owner)
            rows.append(
                {
                    "hour_at": picture.hour_at,
                    "fact": name,
                    "fact_id": picture.fact_ids.get(name, -1),
                    "location_id": location,
                    "abc_class": abc_class,
                    "owner": owner,
                    "batch_id": batch.batch_id if batch else None,
                    "status": batch.status if batch else "missing",
                }
            )
    return pl.DataFrame(
        rows,
        schema={
            "hour_at": INSTANT, "fact": pl.String, "fact_id": pl.Int16, "location_id": pl.String,
            "abc_class": pl.String, "owner": pl.String, "batch_id": pl.Int32, "status": pl.String,
        },
    )  # fmt: skip

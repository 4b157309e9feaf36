"""The product's own engine over one hour of Parquet: the same functions the steps call, no store.

Parsed by the ``files`` connector, read, numbered, judged and tallied as ``ingest.step`` and
``reconcile.step`` do. The key book is that of an hour before, read from its warehouse within the
time that is taken; ``first_hour.py`` begins without one.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.earlier import WAIT, find_earlier
from benchmarks.work import FIRST_HOUR, slug
from inventory_pipeline.config.load import load_settings
from inventory_pipeline.config.models import Settings
from inventory_pipeline.connectors.files import FilesConnector
from inventory_pipeline.ingest.counts import SourceWords
from inventory_pipeline.ingest.identity import load_catalog
from inventory_pipeline.ingest.keys import KeyBook, load_key_book
from inventory_pipeline.ingest.numbered import Numbered, number_readings
from inventory_pipeline.ingest.told import read_counts
from inventory_pipeline.model.catalog import Catalog
from inventory_pipeline.model.hours import HOUR
from inventory_pipeline.model.ports import Page
from inventory_pipeline.reconcile.dense import Hour
from inventory_pipeline.reconcile.findings import SIGHTING
from inventory_pipeline.reconcile.gaps import build_gap_problems
from inventory_pipeline.reconcile.hour import Batch, Picture, assemble_facts, count_active
from inventory_pipeline.reconcile.measures import tally
from inventory_pipeline.reconcile.round import judge_picture
from inventory_pipeline.reconcile.severity import Bands
from inventory_pipeline.reconcile.step import NOTHING_PENDING
from inventory_pipeline.store.warehouse import open_warehouse

NO_MOVEMENTS = pl.DataFrame(schema={"key_id": pl.Int32})
NOTHING_KNOWN = pl.DataFrame(schema=SIGHTING)


def prepare(folder: Path) -> None:
    """See to it that there was an hour before."""
    find_earlier(folder)


def read_system(
    folder: Path, settings: Settings, catalog: Catalog, system: str, book: KeyBook
) -> Numbered:
    """Read one system's export as its ingest step does."""
    path = folder / "exports" / f"{system}-{slug(FIRST_HOUR)}.parquet"
    options = FilesConnector.options_model(**settings.systems[system].options)
    connector = FilesConnector(system=system, options=options, root=str(folder))
    page = Page(b"", "parquet", str(path), hour_at=FIRST_HOUR, fetched_at=FIRST_HOUR)
    units = {m.fact: m.unit for m in settings.mirrors if m.system == system and m.unit}
    words = SourceWords(system, None, "", "", units, latest=FIRST_HOUR + HOUR)
    plain, readings = read_counts(connector.parse("counts", [page]), catalog, words)
    return number_readings(book, plain, readings.observations)


def take_picture(folder: Path, settings: Settings, catalog: Catalog, book: KeyBook) -> Picture:
    """Read every system and put the hour together as ``load_picture`` does from the store."""
    read = {name: read_system(folder, settings, catalog, name, book) for name in settings.systems}
    picture = Picture(
        hour_at=FIRST_HOUR,
        hour=Hour(book.size),
        sku_of=book.sku_of,
        place_of=book.place_of,
        skus=book.skus.known,
        places={name: number for number, name in enumerate(book.places.known)},
        batches={
            name: Batch(number, name, "complete", FIRST_HOUR) for number, name in enumerate(read)
        },
    )
    for system in settings.systems:
        numbered = read.pop(system)
        for number, fact in enumerate(book.facts.known):
            first, last = np.searchsorted(numbered.fact_id, (number, number + 1))
            if first < last:
                picture.hour.add(
                    system, fact, keys=numbered.key_id[first:last],
                    units=numbered.units[first:last], unknown_keys=[], is_whole=True,
                )  # fmt: skip
    assemble_facts(picture, settings, catalog)
    picture.active_skus = count_active(picture, [])
    return picture


def reconcile(folder: Path) -> dict[str, object]:
    """Return the summary of one hour, in the shape of the hand-written scripts."""
    return reconcile_with(folder, lambda: load_earlier(folder))


def load_earlier(folder: Path) -> KeyBook:
    """Return the key book of the hour before."""
    with open_warehouse(find_earlier(folder), wait=WAIT) as warehouse:
        return load_key_book(warehouse)


def reconcile_with(folder: Path, load_book: Callable[[], KeyBook]) -> dict[str, object]:
    """Reconcile the hour over a key book."""
    settings = load_settings(folder / "inventory.yaml").settings
    files = settings.catalog
    catalog = load_catalog(
        folder, items=files.items, locations=files.locations, identities=files.identities
    )
    picture = take_picture(folder, settings, catalog, load_book())
    outcomes = judge_picture(
        picture, settings, catalog,
        movements=NO_MOVEMENTS, open_units={}, pending=NOTHING_PENDING,
    )  # fmt: skip
    bands = Bands(**settings.severity.model_dump(), consistent_cycles=3)
    exceptions, _problems = build_gap_problems(outcomes, picture, NOTHING_KNOWN, bands)
    names = picture.name_skus(exceptions["key_id"])
    places = pl.Series(list(picture.places)).gather(picture.place_of[exceptions["key_id"]])
    exceptions = exceptions.with_columns(names, location_id=places)
    tallies = {t["mirror"]: t for t in (tally(picture, outcome) for outcome in outcomes)}
    counts = (
        exceptions.group_by("mirror", "status", "severity")
        .agg(
            rows=pl.len(), units=pl.col("raw_delta_units").filter(pl.col("status") == "drift").sum()
        )
        .sort("mirror", "status", "severity")
    )
    return {
        "tallies": {m: (t["compared"], t["units_expected"]) for m, t in tallies.items()},
        "counts": counts.rows(),
    }

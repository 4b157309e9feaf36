"""Correct, the step: write proposals and count tasks of one hour into the journal, once."""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from inventory_pipeline.config.models import Settings
from inventory_pipeline.correct.propose import find_proposals, find_tasks
from inventory_pipeline.model.catalog import Catalog
from inventory_pipeline.model.quantities import ON_HAND
from inventory_pipeline.store.journal import Journal, write_instant
from inventory_pipeline.store.queries import load_query
from inventory_pipeline.store.warehouse import Warehouse

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Proposed:
    """How much one hour asks for; what was asked before is not asked again."""

    proposals: int
    tasks: int


def run(
    warehouse: Warehouse,
    journal: Journal,
    settings: Settings,
    catalog: Catalog,
    *,
    hour_at: datetime,
    now: datetime,
) -> Proposed:
    """Propose for the hour; running it twice adds nothing."""
    seen = warehouse.query(load_query("correct", "load_sightings"), hour_at=hour_at)
    bins = _load_bins(warehouse, settings, catalog, hour_at)
    proposals, tasks = find_proposals(seen, settings), find_tasks(seen, bins)
    with journal.transaction():
        new = _insert_proposals(journal, proposals, hour_at)
        asked = _insert_tasks(journal, tasks, now)
    logger.info("proposed hour=%s proposals=%d tasks=%d", hour_at.isoformat(), new, asked)
    return Proposed(new, asked)


def _load_bins(
    warehouse: Warehouse, settings: Settings, catalog: Catalog, hour_at: datetime
) -> pl.DataFrame:
    """Return the owner's bins, and the catalogue's bin for items whose owner names none."""
    owners = settings.facts[ON_HAND].owners if ON_HAND in settings.facts else []
    told = warehouse.query(
        load_query("correct", "load_bins"), hour_at=hour_at, owners=owners, fact=ON_HAND
    )
    told = told.select("sku", "location_id", "bin", "units")
    listed = catalog.items.filter(pl.col("bin") != "").select("sku", "bin")
    if listed.is_empty():
        return told
    keys = warehouse.query(load_query("ingest", "load_keys")).select("sku", "location_id")
    named = (
        keys.join(listed, on="sku", how="inner", validate="m:1")
        .join(told, on=["sku", "location_id"], how="anti")
        .with_columns(units=pl.lit(None, pl.Int64))
    )
    return pl.concat([told, named.select(told.columns)])


def _insert_proposals(journal: Journal, rows: list[dict[str, Any]], hour_at: datetime) -> int:
    """Write new proposals; an older one of the same finding with another target is superseded."""
    at = write_instant(hour_at)
    flagged = journal.query(
        "select finding_id, proposal_id from proposals where decision = 'flagged'"
    )
    # Most gaps stand for many hours and ask for the same in each.
    standing = {row["proposal_id"] for row in flagged}
    new = [row for row in rows if row["proposal_id"] not in standing]
    had = {row["finding_id"] for row in flagged}
    journal.execute_many(
        "update proposals set decision = 'superseded' "
        "where finding_id = :finding_id and proposal_id <> :proposal_id and decision = 'flagged'",
        [row for row in new if row["finding_id"] in had],
    )
    return journal.execute_many(
        "insert or ignore into proposals (proposal_id, finding_id, hour_at, system, sku, "
        "location_id, fact, before_units, target_units, decision, reason) values (:proposal_id, "
        ":finding_id, :hour_at, :system, :sku, :location_id, :fact, :before_units, "
        ":target_units, :decision, :reason)",
        [{**row, "hour_at": at} for row in new],
    )


def _insert_tasks(journal: Journal, rows: list[dict[str, Any]], now: datetime) -> int:
    return journal.execute_many(
        "insert or ignore into tasks (task_id, finding_id, created_at, location_id, bin, sku, "
        "state, recorded_units, reason) values (:task_id, :finding_id, :created_at, "
        ":location_id, :bin, :sku, :state, :recorded_units, :reason)",
        [{**row, "created_at": write_instant(now)} for row in rows],
    )

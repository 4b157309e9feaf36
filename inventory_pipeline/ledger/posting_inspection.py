"""Posting inspection: what an ERP made of the owner's movements, asked of the store."""

from datetime import datetime, timedelta

import polars as pl

from inventory_pipeline.config.models import Settings
from inventory_pipeline.ledger import postings_audit
from inventory_pipeline.ledger.problems import Row
from inventory_pipeline.model.catalog import Catalog
from inventory_pipeline.store.queries import load_query
from inventory_pipeline.store.warehouse import DuckWarehouse

DAY = timedelta(days=1)
# Hand edits hide a wrong pack size for months.
EDITS_REACH = timedelta(days=184)


def inspect_postings(
    warehouse: DuckWarehouse,
    settings: Settings,
    catalog: Catalog,
    owner: str,
    *,
    hour_at: datetime,
) -> list[Row]:
    """Return what postings, hands and settings of the hour's last months show.

    Args:
        owner: the one owner of on_hand; empty where there is none: nobody can be compared.
    """
    since = hour_at - timedelta(days=settings.registry.review_days)
    changes = warehouse.query(
        load_query("ledger", "find_settings_changed"), hour_at=hour_at, since=since
    )
    rows = [
        *postings_audit.find_reserveless_mirrors(settings),
        *postings_audit.find_unruled_settings(changes.iter_rows(named=True), settings, catalog),
    ]
    ledgers = _find_ledgers(settings, owner)
    if not owner or ledgers.is_empty():
        return rows
    posted = warehouse.query_with(
        ledgers, load_query("ledger", "find_misposted"),
        hour_at=hour_at, since=hour_at - DAY, owner=owner,
    )  # fmt: skip
    edits = warehouse.query_with(
        ledgers, load_query("ledger", "find_hand_edits"),
        hour_at=hour_at, since=hour_at - EDITS_REACH, owner=owner,
        machines=[*settings.systems, *(handoff.path for handoff in settings.handoffs)],
    )  # fmt: skip
    return [
        *rows,
        *postings_audit.find_misposted(posted, owner=owner),
        *postings_audit.find_hand_edits(edits.iter_rows(named=True), owner=owner),
    ]


def _find_ledgers(settings: Settings, owner: str) -> pl.DataFrame:
    """Return the ERPs that mirror somebody else's stock."""
    mirrors = {mirror.system for mirror in settings.mirrors}
    names = [
        name
        for name, system in settings.systems.items()
        if system.role == "erp" and name != owner and name in mirrors
    ]
    return pl.DataFrame({"mirror": names}, schema={"mirror": pl.String})

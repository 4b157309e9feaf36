"""Tables of the contract, whichever store holds them, as one frame."""

import io
import json
from datetime import datetime

import polars as pl

from inventory_pipeline.errors import NoDataError, UsageError
from inventory_pipeline.model.hours import parse_hour
from inventory_pipeline.store.journal import Journal
from inventory_pipeline.store.queries import load_query
from inventory_pipeline.store.warehouse import Warehouse
from inventory_pipeline.wiring.house import House

# table → the column an hour narrows it by; the rest of each row orders it.
WAREHOUSE_TABLES = {
    "snapshots": "hour_at",
    "quarantine": "hour_at",
    "facts": "hour_at",
    "comparisons": "hour_at",
    "cycles": "hour_at",
    "findings": "last_seen_at",
    "diagnoses": "hour_at",
    "handoffs": "hour_at",
    "summaries": "",
}
JOURNAL_TABLES = {"proposals": "hour_at", "receipts": "", "tasks": ""}
# An empty table still names its columns: the journal's rows are dictionaries and cannot.
_JOURNAL_COLUMNS = {
    "proposals": (
        "proposal_id", "finding_id", "system", "sku", "location_id", "fact", "before_units",
        "target_units", "decision", "decided_by", "reason", "hour_at", "cause", "evidence",
        "shadow", "judged", "digest", "receipt_id",
    ),
    "receipts": (
        "receipt_id", "system", "sku", "location_id", "operation", "units", "key", "state",
        "attempts", "created_at", "confirmed_at", "reference", "fact", "change_id",
        "proposal_id", "cause_id", "before_units", "sequence", "generation", "waits_for",
        "due_at", "closed_at", "evidence", "shown_quantity",
    ),
    "tasks": (
        "task_id", "location_id", "bin", "sku", "state", "recorded_units", "counted_units",
        "counted_by", "reason", "finding_id", "created_at", "kind", "fact", "system",
        "expected_loss", "assigned_to", "as_of", "code", "counted_at", "verified_at",
        "closed_at",
    ),
}  # fmt: skip
_WHOLE = ("units", "attempts", "sequence", "generation", "shown_quantity")
NOTHING_YET = "no hour has been run yet; run: inventory-pipeline run --hour HOUR"
TABLES = (*WAREHOUSE_TABLES, *JOURNAL_TABLES)


def load_table(
    house: House, table: str, *, low: datetime | None = None, high: datetime | None = None
) -> pl.DataFrame:
    """Return a table of the contract, ordered, narrowed to hours if asked.

    ``findings`` of an hour are the ones seen in it, as they were judged then.

    Raises:
        UsageError: there is no such table.
        NoDataError: no hour was run yet.
    """
    if table not in TABLES:
        raise UsageError(f"there is no table {table!r}; known: {', '.join(TABLES)}")
    if not (house.storage / "warehouse.duckdb").exists():
        raise NoDataError(NOTHING_YET)
    if table in JOURNAL_TABLES:
        with house.journal() as journal:
            return _load_journal_table(journal, table, low, high)
    with house.warehouse() as warehouse:
        if table != "cycles" and _is_empty(warehouse):
            raise NoDataError(NOTHING_YET)
        frame = _load_warehouse_table(warehouse, table, low, high)
    if table == "cycles":
        frame = _add_failures(house, frame, low, high)
    if table == "summaries":
        frame = _add_mails(house, frame)
    return frame.sort(frame.columns, nulls_last=True)


def _is_empty(warehouse: Warehouse) -> bool:
    """No finding among no hours is no good news."""
    return warehouse.query(load_query("wiring", "find_any_batch")).is_empty()


def _load_warehouse_table(
    warehouse: Warehouse, table: str, low: datetime | None, high: datetime | None
) -> pl.DataFrame:
    if table == "findings" and (low or high):
        return warehouse.query(load_query("wiring", "export_findings_of_hours"), low=low, high=high)
    return warehouse.query(load_query("wiring", f"export_{table}"), low=low, high=high)


def _load_journal_table(
    journal: Journal, table: str, low: datetime | None, high: datetime | None
) -> pl.DataFrame:
    rows = journal.query(load_query("wiring", f"export_{table}"))
    types = {name: _find_type(name) for name in _JOURNAL_COLUMNS[table]}
    frame = pl.DataFrame(rows, schema=types).with_columns(
        pl.selectors.ends_with("_at").str.to_datetime(time_zone="UTC"),
        pl.selectors.by_name("as_of", require_all=False).str.to_datetime(time_zone="UTC"),
    )
    column = JOURNAL_TABLES[table]
    if not column:
        return frame
    if low:
        frame = frame.filter(pl.col(column) >= low)
    return frame.filter(pl.col(column) <= high) if high else frame


def _find_type(name: str) -> type[pl.DataType]:
    if name in _WHOLE or name.endswith("_units"):
        return pl.Int64
    return pl.Float64 if name == "expected_loss" else pl.String


def _add_failures(
    house: House, cycles: pl.DataFrame, low: datetime | None, high: datetime | None
) -> pl.DataFrame:
    """Add hours whose last attempt crashed: the warehouse never heard of them (ACL-04)."""
    with house.journal() as journal:
        rows = journal.query(load_query("wiring", "find_failed_hours"))
    done = set(cycles["hour_at"].to_list())
    failed = [
        {"hour_at": at, "status": "failed", "reason": row["error"]}
        for row in rows
        if (at := parse_hour(row["subject"])) not in done
        and (low is None or at >= low)
        and (high is None or at <= high)
    ]
    if not failed:
        return cycles
    new = pl.DataFrame(failed, schema_overrides={"hour_at": cycles.schema["hour_at"]})
    return pl.concat([cycles, new], how="diagonal")


def _add_mails(house: House, summaries: pl.DataFrame) -> pl.DataFrame:
    """Add when the day's mail went out, and its number."""
    with house.journal() as journal:
        rows = journal.query(load_query("wiring", "load_daily_mails"))
    mails = pl.DataFrame(
        rows, schema={"date": pl.String, "sent_at": pl.String, "sequence": pl.Int64}
    ).with_columns(pl.col("date").str.to_date(), pl.col("sent_at").str.to_datetime(time_zone="UTC"))
    return summaries.join(mails, on="date", how="left", validate="1:1")


def render_table(frame: pl.DataFrame, *, form: str) -> bytes:
    """Return a frame as CSV (instants with Z, empty for null), JSON rows, or Parquet."""
    if form == "parquet":
        sink = io.BytesIO()
        frame.write_parquet(sink)
        return sink.getvalue()
    text = frame.with_columns(
        pl.col(name).dt.strftime("%Y-%m-%dT%H:%M:%S%.fZ").str.replace(r"\.0+Z$|Z$", "Z")
        for name, kind in frame.schema.items()
        if isinstance(kind, pl.Datetime)
    )
    if form == "json":
        rows = text.with_columns(pl.selectors.date().cast(pl.String)).to_dicts()
        return (json.dumps(rows, indent=1, ensure_ascii=False) + "\n").encode()
    return text.write_csv(null_value="").encode()

"""An installation with a recorded day: real stores, a stopped clock, no hour actually run."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from inventory_pipeline.errors import DeliveryError
from inventory_pipeline.model.frames import INSTANT
from inventory_pipeline.model.hours import compute_key
from inventory_pipeline.model.ports import Mail
from inventory_pipeline.report.heartbeat import FILE_NAME, write_run
from inventory_pipeline.wiring.house import House, build_house
from inventory_pipeline_tests.support.report_day import (
    BATCH_SCHEMA,
    MORNING,
    TALLY_SCHEMA,
    build_batches,
    build_cycles,
    build_finding,
    build_tallies,
)

CONFIG = """\
business: {name: Harbor & Pine, time_zone: America/Los_Angeles, currency: USD}
systems:
  shelf: {role: wms, connector: files, options: {counts: "shelf-{hour}.csv"}}
  erp: {role: erp, connector: files, options: {counts: "erp-{hour}.csv"}}
  storefront: {role: storefront, connector: files, options: {counts: "storefront-{hour}.csv"}}
facts: {on_hand: {owner: shelf}}
mirrors:
  - {system: erp, fact: on_hand, expects: on_hand}
  - {system: storefront, fact: available, expects: on_hand}
mail: {to: [ops@example.com, night@example.com], from: pipeline@example.com}
"""
SIGHTING_SCHEMA: dict[str, Any] = {
    "hour_at": INSTANT, "kind": pl.String, "fact": pl.String, "mirror": pl.String,
    "key_id": pl.Int32, "subject": pl.String, "owner": pl.String, "class": pl.String,
    "symptom": pl.Int16, "severity": pl.String, "delta_units": pl.Int64,
    "owner_units": pl.Int64, "observed_units": pl.Int64, "expected_units": pl.Int64,
    "first_seen_at": INSTANT, "opened_at": INSTANT, "last_seen_at": INSTANT,
    "streak": pl.Int32, "same_streak": pl.Int32, "recurrence": pl.Int32, "state": pl.String,
    "is_settled": pl.Boolean, "is_consistent": pl.Boolean, "money_at_risk": pl.Float64,
    "details": pl.String,
}  # fmt: skip


@dataclass
class StoppedClock:
    """A clock that moves only when told."""

    at: datetime = MORNING

    def now(self) -> datetime:
        return self.at

    def advance(self, by: timedelta) -> None:
        self.at += by


@dataclass
class Postbox:
    """A mailer that keeps what it is given, or refuses it as often as it was told to."""

    mails: list[Mail] = field(default_factory=list)
    refusals: list[DeliveryError] = field(default_factory=list)

    def send(self, mail: Mail) -> str:
        if self.refusals:
            raise self.refusals.pop(0)
        self.mails.append(mail)
        return "kept"


def make_house(folder: Path, clock: StoppedClock, text: str = CONFIG) -> House:
    config = folder / "inventory.yaml"
    config.write_text(text, encoding="utf-8")
    return build_house(config, clock=clock)


def record_hours(house: House, hours: Sequence[datetime], **cycle: Any) -> None:
    """Write what complete, finished checks of these hours leave behind, heartbeat included."""
    with house.warehouse() as warehouse:
        numbers = pl.Series("batch_id", range(len(hours) * 3), dtype=pl.Int32)
        batches = build_batches(hours).with_columns(
            numbers,
            row_count=pl.lit(564, pl.Int64),
            fetched_at=pl.col("hour_at").cast(BATCH_SCHEMA["hour_at"]),
            reference_at=pl.col("hour_at"),
            digest=pl.lit(""),
        )
        warehouse.append("ingest.batches", batches)
        cycles = build_cycles(hours, **cycle).with_columns(
            sources_expected=pl.lit(3, pl.Int32),
            sources_complete=pl.lit(3, pl.Int32),
            seconds=pl.lit(0.1),
        )
        warehouse.append("reconcile.cycles", cycles)
        warehouse.append("reconcile.tallies", pl.concat([_build_tallies(hour) for hour in hours]))
    sign(house, hours[-1], str(cycle.get("status", "clear")))


def _build_tallies(hour_at: datetime) -> pl.DataFrame:
    return build_tallies().select(
        *(name for name in TALLY_SCHEMA if name != "differing"),
        hour_at=pl.lit(hour_at).cast(INSTANT),
        fact_id=pl.lit(0, pl.Int16),
        owner_fact=pl.lit("on_hand"),
        expects=pl.lit("on_hand"),
        status=pl.lit("complete"),
        qualifiers=pl.lit(""),
        drifting=pl.col("differing"),
        ghosts=pl.lit(0, pl.Int64),
        absents=pl.lit(0, pl.Int64),
        units_expected=pl.lit(564, pl.Int64),
        units_wrong=pl.lit(0, pl.Int64),
    )


def sign(house: House, hour_at: datetime, status: str = "clear", *, majors: int = 0) -> None:
    write_run(
        house.storage / FILE_NAME, hour_at=hour_at, cycle_status=status, open_majors=majors,
        open_notables=0, now=hour_at + timedelta(hours=1, minutes=3),
    )  # fmt: skip


def see(house: House, hour_at: datetime, *skus: str, **known: Any) -> None:
    """Write one sighting of a problem of each item in one hour, as its newest one."""
    finding = build_finding(
        **{"first_seen_at": hour_at, "opened_at": hour_at, "streak": 1, **known}
    )
    with house.warehouse() as warehouse:
        known_keys = dict(warehouse.query("select sku, key_id from ingest.keys").iter_rows())
        for sku in skus or ("SKU-1",):
            if sku not in known_keys:
                known_keys[sku] = len(known_keys)
                _name_key(warehouse, sku, known_keys[sku])
            row = {
                **finding, "hour_at": hour_at, "key_id": known_keys[sku],
                "last_seen_at": hour_at, "same_streak": 1, "is_consistent": False,
            }  # fmt: skip
            _write_sighting(warehouse, row)


def _name_key(warehouse: Any, sku: str, number: int) -> None:
    if number == 0:
        place = {"place_id": 0, "location_id": "MAIN"}
        warehouse.append("ingest.places", pl.DataFrame([place]))
    warehouse.append("ingest.skus", pl.DataFrame([{"sku_id": number, "sku": sku}]))
    code = {"key_id": number, "sku_id": number, "place_id": 0}
    warehouse.append("ingest.key_codes", pl.DataFrame([code]))


def _write_sighting(warehouse: Any, row: dict[str, Any]) -> None:
    frame = pl.DataFrame([{name: row[name] for name in SIGHTING_SCHEMA}], schema=SIGHTING_SCHEMA)
    identity = {name: row[name] for name in ("kind", "fact", "mirror", "key_id", "subject")}
    warehouse.replace_partition(
        "reconcile.recent_sightings", frame, where={"hour_at": row["hour_at"], **identity}
    )
    warehouse.replace_partition("reconcile.findings", frame, where=identity)


def record_attempt(house: House, hour_at: datetime, *, error: str = "") -> None:
    """Write a run of an hour into the ledger: failed with ``error``, or begun and never ended."""
    with house.journal() as journal:
        run_id = journal.start_run("run", compute_key(hour_at), now=hour_at + timedelta(hours=1))
        if error:
            journal.finish_run(run_id, now=hour_at + timedelta(hours=1), error=error)


def count_mails(house: House, **wanted: Any) -> int:
    with house.journal() as journal:
        rows = journal.query("select * from mails")
    return sum(all(row[name] == value for name, value in wanted.items()) for row in rows)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]

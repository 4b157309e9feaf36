"""Past: whatever order hours are run in, every problem's newest sighting is known."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory_pipeline.reconcile.findings import IDENTITY, SIGHTING
from inventory_pipeline.reconcile.past import load_known, update_findings
from inventory_pipeline.store.warehouse import DuckWarehouse, open_warehouse

START = datetime(2026, 4, 6, tzinfo=UTC)
# Hours apart by less and by more than what counts as lately.
HOURS = [START + timedelta(hours=n) for n in (0, 1, 2, 60, 61, 200)]
TELLINGS = st.lists(
    st.tuples(st.sampled_from(HOURS), st.dictionaries(st.integers(0, 4), st.integers(-3, 3))),
    min_size=1, max_size=9,
)  # fmt: skip


def tell(hour_at: datetime, deltas: dict[int, int]) -> pl.DataFrame:
    """Return the sightings of an hour: key → delta."""
    fixed = {
        "hour_at": hour_at, "kind": "gap", "fact": "on_hand", "mirror": "erp", "subject": "",
        "owner": "shelf", "class": "sync_drift", "severity": "minor", "first_seen_at": hour_at,
        "opened_at": hour_at, "last_seen_at": hour_at, "streak": 1, "same_streak": 1,
        "recurrence": 1, "state": "open", "is_settled": True, "is_consistent": False,
        "details": "{}",
    }  # fmt: skip
    rows = [{**fixed, "key_id": key, "delta_units": delta} for key, delta in deltas.items()]
    return pl.DataFrame([{n: row.get(n) for n in SIGHTING} for row in rows], schema=SIGHTING)


def find_newest(
    told: dict[datetime, dict[int, int]], before: datetime | None
) -> set[tuple[int, datetime, int]]:
    """Return (key, hour, delta) of every problem's newest sighting, by plain reading."""
    newest = {}
    for hour_at in sorted(told):
        if before is None or hour_at < before:
            newest.update({key: (hour_at, delta) for key, delta in told[hour_at].items()})
    return {(key, *rest) for key, rest in newest.items()}


def list_newest(frame: pl.DataFrame) -> set[tuple[int, datetime, int]]:
    rows = set(frame.select("key_id", "hour_at", "delta_units").iter_rows())
    assert len(rows) == frame.height
    return rows


def run(warehouse: DuckWarehouse, hour_at: datetime, deltas: dict[int, int]) -> pl.DataFrame:
    """Do what the step does with the past of one hour; return what was known before it."""
    known = load_known(warehouse, hour_at)
    sightings, at = tell(hour_at, deltas), {"hour_at": hour_at}
    had = warehouse.query(
        "select * from reconcile.sightings where hour_at = $hour_at", hour_at=hour_at
    )
    warehouse.replace_partition("reconcile.recent_sightings", sightings, where=at)
    warehouse.execute("delete from reconcile.cycles where hour_at = $hour_at", hour_at=hour_at)
    empty = warehouse.query("select * from reconcile.cycles limit 0").clear(1)
    zeros = empty.with_columns((~pl.selectors.string()).fill_null(strategy="zero"))
    cycle = zeros.with_columns(pl.selectors.string().fill_null(""))
    warehouse.append("reconcile.cycles", cycle.with_columns(hour_at=pl.lit(hour_at)))
    update_findings(warehouse, hour_at, had=had.select(IDENTITY), sightings=sightings, known=known)
    return known


@pytest.mark.slow
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(tellings=TELLINGS)
def test_hours_in_any_order_and_run_again_leave_the_newest_sighting(
    tmp_path: Path, tellings: list[tuple[datetime, dict[int, int]]]
) -> None:
    told: dict[datetime, dict[int, int]] = {}
    with open_warehouse(tmp_path / "w.duckdb", wait=timedelta(seconds=1)) as warehouse:
        for table in ("recent_sightings", "findings", "cycles"):
            warehouse.execute(f"delete from reconcile.{table}")
        for hour_at, deltas in tellings:
            known = run(warehouse, hour_at, deltas)
            assert list_newest(known) == find_newest(told, hour_at)
            told[hour_at] = deltas
            findings = warehouse.query("select * from reconcile.findings")
            assert list_newest(findings) == find_newest(told, None)

"""A shop with days old enough to be packed, and how to see which are."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

from inventory_pipeline.model.hours import parse_hour
from inventory_pipeline.wiring.house import build_house
from inventory_pipeline.wiring.packing import pack_old_days
from inventory_pipeline_tests.support.shop import COUNTS, MOVEMENTS, Shop, files_system

HOURS = ["2026-04-06T09:00Z", "2026-04-06T10:00Z", "2026-04-07T09:00Z", "2026-04-08T23:00Z"]
DAYS = [date(2026, 4, day) for day in (6, 7, 8)]
# The last hour after which none of them is old, the first after which one is, and all are.
SOON, THEN, LATER = "2026-04-09T23:00Z", "2026-04-10T00:00Z", "2026-04-12T00:00Z"
# A batch or an hour that is kept both ways, or a packed one of which a row lies outside.
TORN = """
select batch_id from ingest.packed_batches
where
    batch_id in (select batch_id from ingest.recent_counts)
    or batch_id in (select batch_id from ingest.recent_bins)
union all
select batch_id from ingest.packed_batches group by batch_id having count(*) > 1
union all
select 0 from reconcile.packed_hours
where
    hour_at in (select hour_at from reconcile.recent_exceptions)
    or hour_at in (select hour_at from reconcile.recent_sightings)
union all
select 0 from reconcile.packed_hours group by hour_at having count(*) > 1
"""
PACKED = """
select batches.system as room, cast(batches.hour_at as date) as day
from ingest.packed_batches as packed
inner join ingest.batches as batches on packed.batch_id = batches.batch_id
union
select 'reconcile' as room, day from reconcile.packed_hours
order by day, room
"""


def open_shop(folder: Path) -> Shop:
    """Return a shop, nothing run yet, whose shelf has bins and whose ERP drifts now and then."""
    folder.mkdir()
    shop = Shop(folder)
    systems = files_system("shelf", "wms", "movements") + files_system("erp", "erp")
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{systems}"
        "facts:\n  on_hand: {owner: shelf}\n"
        "mirrors:\n  - {system: erp, fact: on_hand, expects: on_hand}\n"
    )
    for number, hour in enumerate([*HOURS, SOON, THEN, LATER]):
        units, drift = 10 + number // 2, 2 if number in (0, 1, 3) else 0
        shop.drop(
            "shelf", "counts", hour,
            f"{COUNTS} bin\nA L1 on_hand {units} {hour} 1\nA L1 on_hand 3 {hour} 2\n"
            f"B L1 on_hand 5 {hour} 1\nC L1 on_hand ? {hour} 1",
        )  # fmt: skip
        shop.drop(
            "erp", "counts", hour,
            f"{COUNTS}\nA L1 on_hand {units + 3 + drift} {hour}\nB L1 on_hand 5 {hour}",
        )  # fmt: skip
        shop.drop("shelf", "movements", hour, f"{MOVEMENTS}\nM{number} receipt B L1 1 {hour}")
    return shop


def work(shop: Shop) -> Shop:
    """Run the hours; nothing is old yet."""
    for hour in HOURS:
        shop.run(hour)
    return shop


def copy_shop(shop: Shop, folder: Path) -> Shop:
    """Return another shop with the same past."""
    shutil.copytree(shop.folder, folder)
    return Shop(folder)


def read_all(shop: Shop) -> dict[str, Any]:
    """Return every table, and each hour's own view of the ones that are kept by hour."""
    tables = ("snapshots", "facts", "comparisons", "findings", "cycles", "quarantine")
    whole = {table: shop.export(table) for table in tables}
    hours = {
        (table, hour): shop.export(table, "--hour", hour)
        for table in ("facts", "comparisons", "findings")
        for hour in HOURS
    }
    for row in [*whole["cycles"], *whole["snapshots"]]:
        row.update(seconds=0, fetched_at=None)
    return {**whole, **hours}


def read_tables(shop: Shop) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of what may be packed, as its readers see them."""
    views = ("contract.facts", "contract.comparisons", "ingest.bins", "reconcile.named_sightings")
    with build_house(shop.config).warehouse() as warehouse:
        frames = {view: warehouse.query(f"select * from {view}") for view in views}
    return {view: frame.sort(frame.columns).rows() for view, frame in frames.items()}


def pack(shop: Shop) -> int:
    """Pack all three days; return how many days of a room or system were packed."""
    house, packed = build_house(shop.config), 0
    while more := pack_old_days(house, parse_hour(LATER)):
        packed += more
    return packed


def find_packed(shop: Shop) -> list[tuple[str, date]]:
    """Return (system or reconcile, day) of all that is packed; nothing may be kept both ways."""
    with build_house(shop.config).warehouse() as warehouse:
        assert warehouse.query(TORN).is_empty()
        return warehouse.query(PACKED).rows()


def list_rooms(*days: date) -> list[tuple[str, date]]:
    """Return what ``find_packed`` says when these days are packed whole."""
    return [(room, day) for day in days for room in ("erp", "reconcile", "shelf")]

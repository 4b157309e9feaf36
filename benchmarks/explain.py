"""B5 and D10: a cause for every open finding, with two months of movements to look through.

The warehouse is built by the product's own steps: two days of hours with counts and movements, and
daily files of the movements before it. Every finding is a shipment that one mirror never heard of,
or a case too many.
"""

import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

import numpy as np
import polars as pl

from benchmarks.measure import Row
from benchmarks.work import CONFIG, Shop, _build_shop, _export, slug
from inventory_pipeline.diagnose import step as diagnose
from inventory_pipeline.diagnose.step import KINDS, NOTHING_SENT, REACH
from inventory_pipeline.ingest import step as ingest
from inventory_pipeline.ledger import step as ledger
from inventory_pipeline.model.hours import HOUR
from inventory_pipeline.reconcile import step as reconcile
from inventory_pipeline.store.queries import load_query
from inventory_pipeline.store.warehouse import DuckWarehouse
from inventory_pipeline.wiring.house import House, build_house

LAST_HOUR = datetime.fromisoformat("2026-04-06T10:00:00+00:00")
DAY = timedelta(days=1)
MIRRORS = ("erp", "storefront", "threepl")
OPENING_UNITS = 1_000
RECEIVED_UNITS = 9  # one movement in nineteen is a receipt: as much comes as goes
MOVED = {"order_placed": 0, "shipment": -1, "receipt": RECEIVED_UNITS}
RAW_JOIN = """
select movements.*
from ingest.movements as movements
inner join given_rows on movements.key_id = given_rows.key_id
where movements.moved_at > $since
"""


@dataclass(frozen=True)
class Size:
    """How large the shop is.

    Attributes:
        rows: count rows an hour.
        movements: in the whole time, evenly.
        days: of movements, the last ``hours`` included.
        hours: with counts.
        findings: open in the last hour, about.
    """

    rows: int
    movements: int
    days: int
    hours: int
    findings: int


FULL = Size(rows=410_000, movements=10_000_000, days=60, hours=48, findings=10_000)
QUICK = Size(rows=20_000, movements=100_000, days=10, hours=12, findings=300)


def measure_explanation(size: Size, *, times: int) -> dict[str, Row]:
    """Return B5, B5_evidence_ratio and D10.

    Args:
        times: how often the evidence query and the raw join are asked, in turns.
    """
    with tempfile.TemporaryDirectory(prefix="bench-explain-") as folder:
        house = _build(Path(folder), size)
        with house.warehouse() as warehouse:
            took, found = zip(*(_diagnose(warehouse, house) for _ in range(2)), strict=True)
            told = _describe(warehouse, size)
            ratio = _compare_evidence(warehouse, times, told)
    is_same = "the same, byte for byte" if found[0] == found[1] else "NOT THE SAME"
    both = f"{told}; two runs {took[0]:.1f} s and {took[1]:.1f} s, rows {is_same}"
    return {
        "B5": Row(took[0], 60, "lower", 2, f"seconds of the diagnose step; {told}"),
        "B5_evidence_ratio": ratio,
        "D10": Row(max(took) if found[0] == found[1] else float("inf"), 60, "lower", 2, both),
    }


def _build(folder: Path, size: Size) -> House:
    """Fill a warehouse up to the last hour's findings; nothing is diagnosed yet."""
    (folder / "exports").mkdir()
    shop = _build_shop(size.rows)
    shop = replace(shop, shown=dict.fromkeys(shop.shown, np.arange(shop.sku_of.size)))
    counts = 'counts: "exports/shelf-{hour}.parquet"'
    told = f'{counts}, movements: "exports/shelf-moves-{{hour}}.parquet"'
    config = folder / "inventory.yaml"
    config.write_text(CONFIG.replace(counts, told), encoding="utf-8")
    shop.catalog.write_csv(folder / "catalog.csv")
    shop.identities.write_csv(folder / "identities.csv")
    house = build_house(config)
    dice = np.random.default_rng(5)
    on_hand = np.full(shop.sku_of.size, OPENING_UNITS)
    first = LAST_HOUR - (size.hours - 1) * HOUR
    drift = {name: np.zeros(on_hand.size, np.int64) for name in MIRRORS}
    for hour_at in (first + n * HOUR for n in range(size.hours)):
        span = _draw(dice, shop, hour_at - HOUR, HOUR, size)
        on_hand += span.effect
        _lose(dice, span, drift, size)
        _run_hour(house, replace(shop, drift=drift), hour_at, on_hand, span.frame)
    # Last, since every hour looks through all orders told so far, and finds the same with them.
    for end_at in _find_days(first, size):
        _ingest(
            house, "shelf", end_at - HOUR, moves=_draw(dice, shop, end_at - DAY, DAY, size).frame
        )
    return house


def _find_days(first: datetime, size: Size) -> Iterator[datetime]:
    """Yield the ends of the days before the first hour with counts, oldest first."""
    days = size.days - round(size.hours / 24)
    return (first - HOUR - n * DAY for n in reversed(range(days)))


@dataclass(frozen=True)
class Span:
    """What moved in a stretch of time: rows of a movements file, and what they do by key."""

    frame: pl.DataFrame
    shipped: np.ndarray
    effect: np.ndarray


def _draw(
    dice: np.random.Generator, shop: Shop, since: datetime, length: timedelta, size: Size
) -> Span:
    """Draw orders that are shipped minutes later, and receipts."""
    count = round(size.movements / (size.days * DAY / length) / 2.111)
    shipped = dice.integers(0, shop.sku_of.size, count)
    received = dice.integers(0, shop.sku_of.size, count // RECEIVED_UNITS)
    effect = np.bincount(received, minlength=shop.sku_of.size) * RECEIVED_UNITS
    effect -= np.bincount(shipped, minlength=shop.sku_of.size)
    placed_at = dice.integers(0, int(length.total_seconds()) - 1200, count)
    came_at = dice.integers(0, int(length.total_seconds()), received.size)
    name = f"{since:%m%d%H}"
    orders = [f"O{name}-{n}" for n in range(count)]
    parts = [
        _tabulate(shop, "order_placed", shipped, orders, since, placed_at),
        _tabulate(shop, "shipment", shipped, orders, since, placed_at + 1200),
        _tabulate(
            shop, "receipt", received,
            [f"P{name}-{n}" for n in range(received.size)], since, came_at,
        ),
    ]  # fmt: skip
    return Span(pl.concat(parts), shipped, effect)


def _tabulate(
    shop: Shop, kind: str, keys: np.ndarray, names: list[str], since: datetime, seconds: np.ndarray
) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "movement_id": [f"{kind[0]}{name}" for name in names],
            "item_id": shop.sku.gather(shop.sku_of[keys]),
            "location_id": shop.location.gather(shop.place_of[keys]),
            "reference_id": names,
        }
    ).with_columns(
        kind=pl.lit(kind),
        quantity=pl.lit(abs(MOVED[kind]) or 1),
        moved_at=pl.lit(since) + pl.duration(seconds=pl.Series(seconds)),
    )


def _lose(dice: np.random.Generator, span: Span, drift: dict[str, np.ndarray], size: Size) -> None:
    """Let every mirror miss a few shipments of the hour for good."""
    lost = max(round(size.findings / size.hours / len(MIRRORS)), 1)
    for units in drift.values():
        units[dice.choice(span.shipped, lost, replace=False)] += 1


def _run_hour(
    house: House, shop: Shop, hour_at: datetime, on_hand: np.ndarray, moves: pl.DataFrame
) -> None:
    for system, frame in _export(shop, (on_hand, np.zeros_like(on_hand)), hour_at):
        _ingest(house, system, hour_at, counts=frame, moves=moves if system == "shelf" else None)
    with house.warehouse() as warehouse:
        if hour_at == LAST_HOUR:
            ledger.run(warehouse, house.settings, house.catalog, hour_at=hour_at)
        reconcile.run(warehouse, house.settings, house.catalog, hour_at=hour_at)


def _ingest(
    house: House,
    system: str,
    hour_at: datetime,
    *,
    counts: pl.DataFrame | None = None,
    moves: pl.DataFrame | None = None,
) -> None:
    exports = house.root / "exports"
    for kind, frame in (("", counts), ("moves-", moves)):
        if frame is not None:
            path = exports / f"{system}-{kind}{slug(hour_at)}.parquet"
            frame.write_parquet(path)
            os.utime(path, (time.time() - 60,) * 2)
    with house.warehouse() as warehouse:
        results = ingest.run(
            warehouse, house.landing, house.build_source(system), house.catalog,
            hour_at=hour_at, clock=house.clock, may_fetch=True,
        )  # fmt: skip
    for result in results:
        is_given = (moves if result.feed == "movements" else counts) is not None
        if is_given and (result.status != "complete" or result.quarantined):
            raise RuntimeError(f"{system} {result.feed} is {result.status}: {result.reason}")
    for path in exports.iterdir():
        path.unlink()


def _diagnose(warehouse: DuckWarehouse, house: House) -> tuple[float, str]:
    """Diagnose the last hour from nothing; return the seconds and a digest of every byte."""
    warehouse.execute("delete from diagnose.verdicts")
    started = time.perf_counter()
    diagnose.run(warehouse, house.settings, house.catalog, hour_at=LAST_HOUR, ours=NOTHING_SENT)
    took = time.perf_counter() - started
    rows = warehouse.query("select * from diagnose.verdicts")
    return took, hashlib.sha256(rows.write_ndjson().encode()).hexdigest()


def _describe(warehouse: DuckWarehouse, size: Size) -> str:
    [movements] = warehouse.query("select count(*) as n from ingest.movements")["n"]
    verdicts = warehouse.query("select cause from diagnose.verdicts")["cause"]
    known = verdicts.len() - verdicts.to_list().count("unknown")
    return (
        f"{verdicts.len():,} open findings ({known:,} with a cause) over {movements:,} movements "
        f"of {size.days} days, {size.hours} hours of {size.rows:,} count rows"
    )


def _compare_evidence(warehouse: DuckWarehouse, times: int, told: str) -> Row:
    """Measure the evidence query for movements beside a plain join of the same keys."""
    cases = warehouse.query(load_query("diagnose", "load_cases"), hour_at=LAST_HOUR)
    cases = cases.filter(pl.col("kind").is_in(KINDS) & (pl.col("key_id") >= 0))
    keys = cases.select("key_id").unique(maintain_order=True)
    window = {"hour_at": LAST_HOUR, "since": LAST_HOUR - REACH}
    asked = (load_query("diagnose", "load_moves"), RAW_JOIN)
    turns = [
        [_time(lambda sql=sql: warehouse.query_with(keys, sql, **window)) for sql in asked]
        for _ in range(times + 1)
    ]
    seconds, least = (median(each) for each in zip(*turns[1:], strict=True))
    note = f"evidence {seconds:.2f} s, raw join {least:.2f} s of {keys.height:,} keys; {told}"
    return Row(seconds / least, 1.5, "lower", times, note)


def _time(ask: Callable[[], pl.DataFrame]) -> float:
    started = time.perf_counter()
    if ask().is_empty():
        raise RuntimeError("no movement was found for any finding")
    return time.perf_counter() - started

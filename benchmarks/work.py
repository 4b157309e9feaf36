"""The standard work: four systems of one shop, by the number of count rows, always the same.

A shelf owns on_hand and committed; an ERP counts in cases, a storefront shows what is free to
sell, a 3PL repeats on_hand. About 3 % of every mirror is wrong; some keys only one side has.
"""

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

FIRST_HOUR = datetime(2026, 4, 6, 10, tzinfo=UTC)
LOCATIONS = 25
ROWS_PER_KEY = 4.1  # four systems, and the shelf's commitments
CASE_SIZES = (6, 12, 24)
COLOURS = ("BLK", "WHT", "RED", "NVY")
_VERSION = "1"

CONFIG = """\
business: {name: Standard work}
storage: {directory: local}
systems:
  shelf: {role: wms, connector: files, options: {counts: "exports/shelf-{hour}.parquet"}}
  erp: {role: erp, connector: files, options: {counts: "exports/erp-{hour}.parquet"}}
  storefront:
    role: storefront
    connector: files
    options: {counts: "exports/storefront-{hour}.parquet"}
  threepl: {role: threepl, connector: files, options: {counts: "exports/threepl-{hour}.parquet"}}
catalog: {items: catalog.csv, identities: identities.csv}
facts:
  on_hand: {owner: shelf, reason: bins can be counted}
  committed: {owner: shelf, reason: orders are picked from it}
mirrors:
  - {system: erp, fact: on_hand, expects: on_hand, unit: CS}
  - system: storefront
    fact: available
    expects: "greatest(0, on_hand - committed - safety_stock)"
    rule: {reason: sell what is free}
  - {system: threepl, fact: on_hand, expects: on_hand}
mail: {to: [ops@example.com], from: pipeline@example.com}
"""


@dataclass(frozen=True)
class Work:
    """One folder of standard work: inventory.yaml, catalogue, exports/<system>-<hour>.parquet."""

    folder: Path
    rows: int
    hours: tuple[datetime, ...]

    def find_export(self, system: str, hour_at: datetime | None = None) -> Path:
        return self.folder / "exports" / f"{system}-{slug(hour_at or self.hours[0])}.parquet"


def slug(hour_at: datetime) -> str:
    return hour_at.strftime("%Y-%m-%dT%H")


def find_cache() -> Path:
    """Return the folder where made work is kept between runs."""
    return Path(tempfile.gettempdir()) / "inventory-pipeline-bench"


def make_work(rows: int, *, hours: int = 1, churn: float = 0.024) -> Work:
    """Return the work of about ``rows`` count rows an hour, made once and kept.

    Args:
        churn: share of the keys that change from one hour to the next.
    """
    name = hashlib.sha256(f"{_VERSION}|{rows}|{hours}|{churn}".encode()).hexdigest()[:8]
    folder = find_cache() / f"work-{rows}-{hours}h-{name}"
    times = tuple(FIRST_HOUR + timedelta(hours=n) for n in range(hours))
    if not folder.exists():
        draft = Path(tempfile.mkdtemp(dir=_ensure(find_cache()), prefix=".draft-"))
        try:
            _write(draft, rows, times, churn)
            draft.rename(folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return Work(folder, rows, times)


def _ensure(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _write(folder: Path, rows: int, hours: tuple[datetime, ...], churn: float) -> None:
    _ensure(folder / "exports")
    shop = _build_shop(rows)
    (folder / "inventory.yaml").write_text(CONFIG, encoding="utf-8")
    shop.catalog.write_csv(folder / "catalog.csv")
    shop.identities.write_csv(folder / "identities.csv")
    for hour_at, units in zip(hours, _move(shop, len(hours), churn), strict=True):
        for system, frame in _export(shop, units, hour_at):
            frame.write_parquet(folder / "exports" / f"{system}-{slug(hour_at)}.parquet")


@dataclass(frozen=True)
class Shop:
    """Everything about the shop that does not change from hour to hour, key by key."""

    sku: pl.Series
    location: pl.Series
    sku_of: np.ndarray
    place_of: np.ndarray
    case: np.ndarray
    safety: np.ndarray
    drift: dict[str, np.ndarray]
    shown: dict[str, np.ndarray]
    order: dict[str, np.ndarray]
    catalog: pl.DataFrame
    identities: pl.DataFrame


def _build_shop(rows: int) -> Shop:
    dice = np.random.default_rng(20260406)
    count = max(round(rows / ROWS_PER_KEY / LOCATIONS), 1)
    names = [f"HP-{n:07d}-{COLOURS[n % 4]}" for n in range(count)]
    places = [f"STORE-{n:03d}" for n in range(LOCATIONS)]
    case, safety = dice.choice(CASE_SIZES, count), dice.integers(0, 6, count)
    sku_of, place_of = np.divmod(np.arange(count * LOCATIONS), LOCATIONS)
    size = sku_of.size
    mirrors = ("erp", "storefront", "threepl")
    drift = {name: _scatter_drift(dice, size) for name in mirrors}
    hidden = {name: dice.random(size) < 0.003 for name in ("shelf", *mirrors)}
    return Shop(
        sku=pl.Series(names),
        location=pl.Series(places),
        sku_of=sku_of,
        place_of=place_of,
        case=case[sku_of],
        safety=safety[sku_of],
        drift=drift,
        shown={name: np.flatnonzero(~mask) for name, mask in hidden.items()},
        order=_build_orders(dice, sku_of, place_of),
        catalog=pl.DataFrame({"sku": names, "price": 10.0, "safety_stock": safety}),
        identities=pl.DataFrame(
            {"sku": names, "system": "erp", "item_id": names, "unit": "CS", "eaches_per_unit": case}
        ),
    )


def _scatter_drift(dice: np.random.Generator, size: int) -> np.ndarray:
    """Return how far a mirror is off: 0 for 97 of 100 keys, else 1 to 12 units either way."""
    off = dice.integers(1, 13, size) * dice.choice((-1, 1), size)
    return np.where(dice.random(size) < 0.03, off, 0)


def _build_orders(
    dice: np.random.Generator, sku_of: np.ndarray, place_of: np.ndarray
) -> dict[str, np.ndarray]:
    """Return the order in which each system lists its keys: nobody's exports line up."""
    by_place = np.lexsort((sku_of, place_of))
    return {
        "shelf": by_place,
        "erp": np.arange(sku_of.size),
        "storefront": dice.permutation(sku_of.size),
        "threepl": by_place,
    }


def _move(shop: Shop, hours: int, churn: float) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield on_hand and committed, hour by hour: ``churn`` of the keys move."""
    dice = np.random.default_rng(7)
    size = shop.sku_of.size
    on_hand = dice.gamma(1.2, 40, size).astype(np.int64)
    committed = np.where(dice.random(size) < 0.1, np.minimum(dice.integers(1, 9, size), on_hand), 0)
    for _ in range(hours):
        yield on_hand, committed
        moved = dice.random(size) < churn
        on_hand = np.where(moved, np.maximum(on_hand + dice.integers(-4, 5, size), 0), on_hand)
        committed = np.minimum(committed, on_hand)


def _export(
    shop: Shop, units: tuple[np.ndarray, np.ndarray], hour_at: datetime
) -> Iterator[tuple[str, pl.DataFrame]]:
    on_hand, committed = units
    free = np.maximum(on_hand - committed - shop.safety, 0)
    shown = {
        "shelf": on_hand,
        "erp": np.maximum(on_hand // shop.case + np.sign(shop.drift["erp"]), 0),
        "storefront": np.maximum(free + shop.drift["storefront"], 0),
        "threepl": np.maximum(on_hand + shop.drift["threepl"], 0),
    }
    facts = {"storefront": "available"}
    for system, numbers in shown.items():
        rank = np.zeros(shop.sku_of.size, bool)
        rank[shop.shown[system]] = True
        keys = shop.order[system][rank[shop.order[system]]]
        frame = _tabulate(shop, keys, numbers, facts.get(system, "on_hand"), hour_at)
        if system == "shelf":
            promised = keys[committed[keys] > 0]
            frame = pl.concat([frame, _tabulate(shop, promised, committed, "committed", hour_at)])
        yield system, frame.with_columns(unit=pl.lit("CS")) if system == "erp" else frame


def _tabulate(
    shop: Shop, keys: np.ndarray, numbers: np.ndarray, fact: str, hour_at: datetime
) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "item_id": shop.sku.gather(shop.sku_of[keys]),
            "location_id": shop.location.gather(shop.place_of[keys]),
            "quantity": numbers[keys],
        }
    ).select(
        "item_id", "location_id", pl.lit(fact).alias("fact"), "quantity",
        as_of=pl.lit(hour_at, pl.Datetime("us", "UTC")),
    )  # fmt: skip

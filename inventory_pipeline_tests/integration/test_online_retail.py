"""December 2010 of a real gift shop, replayed for 200 hours: no unit lost, none invented.

The data stand beside the project (``../shared/online-retail``): case-colliding codes,
write-offs, returns, codes that are no goods, names with odd characters.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from inventory_pipeline.model.hours import compute_key
from inventory_pipeline.model.wording import word
from inventory_pipeline.wiring.hourly import run_hour
from inventory_pipeline.wiring.house import build_house
from inventory_pipeline_tests.support.shop import Shop, files_system

DATA = Path(__file__).parents[3] / "shared" / "online-retail"
START = datetime(2010, 12, 1, 8, tzinfo=UTC)
HOURS = 200
SPARE = 10

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"the published data are not at {DATA}"),
]


def load_lines() -> pl.DataFrame:
    """Return every line of the month as a movement: what a till would send."""
    files = sorted(DATA.glob("2010-12-*.csv"))
    frame = pl.concat([pl.read_csv(f, infer_schema=False) for f in files]).with_row_index("line")
    units = pl.col("Quantity").cast(pl.Int64)
    is_return = pl.col("InvoiceNo").str.starts_with("C")
    return (
        frame.filter(units != 0)
        .with_columns(
            moved_at=pl.col("InvoiceDate").str.to_datetime(time_zone="UTC"),
            units=units,
            kind=pl.when(is_return)
            .then(pl.lit("return_received"))
            .when(units < 0)
            .then(pl.lit("write_off"))
            .otherwise(pl.lit("pos_sale")),
        )
        .filter(pl.col("moved_at") <= START + timedelta(hours=HOURS - 1))
        .select(
            movement_id=word("L{}", "line"),
            kind="kind",
            item_id="StockCode",
            location_id=pl.lit("SHOP"),
            quantity=pl.col("units").abs(),
            moved_at="moved_at",
            reference_id="InvoiceNo",
            disposition=pl.lit("good"),
        )
    )


def effect() -> pl.Expr:
    sign = pl.when(pl.col("kind") == "return_received").then(1).otherwise(-1)
    return sign * pl.col("quantity")


@pytest.fixture(scope="module")
def lines() -> pl.DataFrame:
    return load_lines()


@pytest.fixture(scope="module")
def opening(lines: pl.DataFrame) -> pl.DataFrame:
    """Enough of everything that the shelf never falls below zero."""
    taken = lines.filter(effect() < 0).group_by("item_id").agg(units=pl.col("quantity").sum())
    items = lines.select("item_id").unique()
    return items.join(taken, on="item_id", how="left").select(
        "item_id", units=pl.col("units").fill_null(0) + SPARE
    )


def write_hours(shop: Shop, lines: pl.DataFrame, opening: pl.DataFrame) -> Iterator[datetime]:
    """Write one hour's exports at a time; the till hears of everything the shelf does."""
    for number in range(HOURS):
        hour_at = START + timedelta(hours=number)
        done = lines.filter(pl.col("moved_at") <= hour_at)
        fresh = done.filter(pl.col("moved_at") > hour_at - timedelta(hours=1))
        moved = done.group_by("item_id").agg(moved=effect().sum())
        counts = opening.join(moved, on="item_id", how="left").select(
            "item_id",
            location_id=pl.lit("SHOP"),
            fact=pl.lit("on_hand"),
            quantity=pl.col("units") + pl.col("moved").fill_null(0),
            as_of=pl.lit(hour_at.isoformat()),
        )
        told = fresh if number else done
        for system in ("shelf", "till"):
            shop.drop(system, "counts", compute_key(hour_at), counts.sort("item_id"))
        written = told.with_columns(pl.col("moved_at").dt.strftime("%Y-%m-%dT%H:%M:%SZ"))
        shop.drop("shelf", "movements", compute_key(hour_at), written)
        yield hour_at


@pytest.fixture(scope="module")
def replayed(
    tmp_path_factory: pytest.TempPathFactory, lines: pl.DataFrame, opening: pl.DataFrame
) -> Shop:
    shop = Shop(tmp_path_factory.mktemp("retail"))
    shop.configure(
        "business: {name: Gift shop, time_zone: Europe/London, currency: GBP}\nsystems:\n"
        + files_system("shelf", "wms", "movements")
        + files_system("till", "pos")
        + "facts:\n  on_hand: {owner: shelf}\n"
        "mirrors:\n  - {system: till, fact: on_hand, expects: on_hand}\n"
    )
    house = build_house(shop.config)
    for hour_at in write_hours(shop, lines, opening):
        run_hour(house, hour_at)
    return shop


def test_every_hour_is_whole_and_clear(replayed: Shop) -> None:
    cycles = replayed.export("cycles")

    assert len(cycles) == HOURS
    assert {c["status"] for c in cycles} == {"clear"}
    assert all(c["compared"] == c["matched"] > 1000 for c in cycles)
    assert replayed.export("quarantine") == []


def test_no_unit_is_lost_and_none_invented(
    replayed: Shop, lines: pl.DataFrame, opening: pl.DataFrame
) -> None:
    last = compute_key(START + timedelta(hours=HOURS - 1))
    facts = pl.DataFrame(replayed.export("facts", "--hour", last))
    wanted = (
        opening.join(lines.group_by("item_id").agg(moved=effect().sum()), on="item_id", how="left")
        .select("item_id", units=pl.col("units") + pl.col("moved").fill_null(0))
        .sort("item_id")
    )

    got = facts.select(item_id="sku", units="owner_units").sort("item_id")
    assert got.equals(wanted.select(got.columns))


def test_every_line_became_one_movement(replayed: Shop, lines: pl.DataFrame) -> None:
    with build_house(replayed.config).warehouse() as warehouse:
        stored = warehouse.query(
            "select kind, count(*) as lines, cast(sum(units) as bigint) as units "
            "from ingest.movements group by kind order by kind"
        )

    wanted = lines.group_by("kind").agg(lines=pl.len(), units=pl.col("quantity").sum())
    assert stored.rows() == wanted.sort("kind").rows()


def test_codes_that_differ_by_case_stay_apart(replayed: Shop, lines: pl.DataFrame) -> None:
    codes = lines["item_id"].unique()
    colliding = (
        pl.DataFrame({"code": codes, "folded": codes.str.to_uppercase()}).filter(
            pl.col("folded").is_duplicated()
        )
    )["code"]
    assert colliding.len() > 10

    stored = {row["sku"] for row in replayed.export("facts", "--hour", compute_key(START))}
    assert set(colliding) <= stored

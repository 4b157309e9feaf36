"""``export`` and ``findings``: every table, every form, and no good news out of nothing."""

import csv
import io
import json

import polars as pl
import pytest

from inventory_pipeline_tests.support.shop import COUNTS, Shop, files_system

HOUR = "2026-04-06T10:00Z"
TABLES = ("snapshots", "quarantine", "facts", "comparisons", "cycles", "findings", "summaries",
          "proposals", "tasks")  # fmt: skip


@pytest.fixture
def pair(shop: Shop) -> Shop:
    systems = files_system("shelf", "wms") + files_system("store", "storefront")
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{systems}facts:\n  on_hand: {{owner: shelf}}\n"
        "mirrors:\n  - {system: store, fact: on_hand, expects: on_hand}\n"
    )
    for system, units in (("shelf", 2), ("store", 4)):
        shop.drop(system, "counts", HOUR, f"{COUNTS}\nA,B=1 L1 on_hand {units} 10:00")
    return shop


@pytest.mark.parametrize("words", [("findings",), ("export", "findings"), ("export", "facts")])
def test_nothing_run_is_no_data_and_no_good_news(
    pair: Shop, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    assert pair.do(*words) == 2
    with_empty_stores = pair.do("backfill", "--from", HOUR, "--to", HOUR)
    assert with_empty_stores == 1
    assert "no hour has been run yet; run: inventory-pipeline run" in capsys.readouterr().err


@pytest.mark.parametrize("table", TABLES)
def test_every_table_is_the_same_in_every_form(
    pair: Shop, capsysbinary: pytest.CaptureFixture[bytes], table: str
) -> None:
    pair.run(HOUR)
    capsysbinary.readouterr()

    assert pair.do("export", table) == 0
    as_csv = list(csv.DictReader(io.StringIO(capsysbinary.readouterr().out.decode())))
    assert pair.do("export", table, "--format", "json") == 0
    as_json = json.loads(capsysbinary.readouterr().out)
    assert pair.do("export", table, "--format", "parquet") == 0
    as_parquet = pl.read_parquet(io.BytesIO(capsysbinary.readouterr().out))

    assert len(as_csv) == len(as_json) == as_parquet.height
    if as_json:
        assert list(as_csv[0]) == list(as_json[0]) == as_parquet.columns
        assert [r.get("sku") for r in as_csv] == [r.get("sku") for r in as_json]


def test_instants_are_written_in_utc(
    pair: Shop, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    pair.run(HOUR)
    capsysbinary.readouterr()

    pair.do("export", "cycles")

    assert b"\n2026-04-06T10:00:00Z," in capsysbinary.readouterr().out


def test_a_table_nobody_knows_names_the_known_ones(
    pair: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    assert pair.do("export", "stock") == 2
    assert "known: snapshots, quarantine, facts" in capsys.readouterr().err


def test_a_crashed_hour_is_failed_and_neither_missing_nor_clear(pair: Shop) -> None:
    pair.run(HOUR)
    good = pair.config.read_text()
    pair.configure(good.replace("systems:", "catalog: {items: gone.csv}\nsystems:", 1))
    later = "2026-04-06T11:00Z"
    assert pair.run(later) == 2
    pair.configure(good)

    [first, second] = pair.export("cycles")
    assert (first["status"], second["status"]) == ("drift", "failed")
    assert "gone.csv does not exist" in second["reason"]


@pytest.mark.parametrize(
    ("table", "first", "last"),
    [
        ("proposals", "proposal_id", "receipt_id"),
        ("receipts", "receipt_id", "shown_quantity"),
        ("tasks", "task_id", "closed_at"),
    ],
)
def test_an_empty_table_still_names_its_columns(
    pair: Shop, capsysbinary: pytest.CaptureFixture[bytes], table: str, first: str, last: str
) -> None:
    pair.drop("store", "counts", HOUR, f"{COUNTS}\nA,B=1 L1 on_hand 2 10:00")
    assert pair.run(HOUR) == 0
    capsysbinary.readouterr()

    assert pair.do("export", table) == 0
    (header,) = capsysbinary.readouterr().out.decode().splitlines()
    assert header.split(",")[0] == first
    assert header.split(",")[-1] == last


def test_a_range_that_ends_before_it_begins_is_refused(
    pair: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    pair.run(HOUR)
    assert pair.do("export", "facts", "--from", HOUR, "--to", "2026-04-06T09:00Z") == 2
    assert "before it begins" in capsys.readouterr().err


def test_machines_read_one_spelling_of_an_instant(
    pair: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    pair.run(HOUR)
    capsys.readouterr()
    pair.do("findings", "--json")
    assert {row["first_seen_at"] for row in json.loads(capsys.readouterr().out)} == {
        "2026-04-06T10:00:00Z"
    }
    assert pair.do("export", "tasks", "--format", "json") == 0
    assert all(row["created_at"].endswith("Z") for row in json.loads(capsys.readouterr().out))


def test_an_empty_hour_is_no_hour(pair: Shop) -> None:
    assert pair.do("run", "--hour", "") == 2

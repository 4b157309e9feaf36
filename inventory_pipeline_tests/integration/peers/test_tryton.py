"""A live Tryton read by configuration alone, over REST and over SQL, beside a shelf by file."""

import base64
import json
import urllib.request
from collections import Counter
from datetime import UTC, datetime

import polars as pl
import pytest

from inventory_pipeline.errors import SourceRefusedError
from inventory_pipeline.model.hours import compute_key, floor_hour
from inventory_pipeline.wiring.house import build_house
from inventory_pipeline_tests.integration.peers.adventureworks import sum_stock
from inventory_pipeline_tests.integration.peers.shop import write_shop
from inventory_pipeline_tests.support.command import call
from inventory_pipeline_tests.support.file_sources import land

pytestmark = [pytest.mark.peer, pytest.mark.slow]

HOUR_AT = floor_hour(datetime.now(UTC))


@pytest.fixture
def house(tmp_path, tryton, stock):
    return build_house(write_shop(tmp_path, tryton, stock, HOUR_AT))


def read(house, system):
    connector = house.build_connector(system)
    fetched, pages = land(connector, "counts", house.root / system, hour_at=HOUR_AT)
    part = connector.parse("counts", pages)
    assert fetched.is_complete, fetched
    assert part.rejected.is_empty()
    return part.rows


def count_units(rows, *keys):
    total = Counter()
    for row in rows.iter_rows(named=True):
        total[tuple(row[key] for key in keys)] += int(row["quantity"].removesuffix(".0"))
    return total


def test_three_doors_tell_the_same_stock(house, stock):
    shelf, erp, tables = (read(house, name) for name in ("shelf", "erp", "erp_tables"))
    assert (shelf.height, erp.height) == (1069, 432)
    by_item = count_units(shelf, "item_id")
    assert count_units(erp, "item_id") == by_item
    assert count_units(tables, "item_id") == +by_item
    by_place = count_units(shelf, "item_id", "location_id")
    assert count_units(tables, "item_id", "location_id") == +by_place == +sum_stock(stock)


def test_what_happens_in_tryton_is_seen_through_both_doors(house, tryton, stock):
    before = {name: count_units(read(house, name), "item_id") for name in ("erp", "erp_tables")}
    line = next(line for line in stock if line.quantity > 20)
    count_in_tryton(tryton, line, units=line.quantity - 7)
    try:
        for name, units in before.items():
            assert count_units(read(house, name), "item_id") == units - Counter({(line.code,): 7})
    finally:
        count_in_tryton(tryton, line, units=line.quantity)


def test_the_hourly_run_matches_every_unit_of_both_doors(house):
    assert run_hour(house).code == 0
    compared = load_comparisons(house)
    assert Counter(compared["mirror"]) == {"erp": 432, "erp_tables": 1065}
    assert compared["status"].unique().to_list() == ["match"]


def test_the_hourly_run_finds_what_was_counted_away_in_tryton(house, tryton, stock):
    line = next(line for line in stock if line.quantity > 20)
    count_in_tryton(tryton, line, units=line.quantity - 7)
    try:
        outcome = run_hour(house)
    finally:
        count_in_tryton(tryton, line, units=line.quantity)
    assert outcome.code == 1, outcome
    compared = load_comparisons(house)
    drift = compared.filter(pl.col("status") != "match").sort("mirror")
    assert drift.select("mirror", "sku", "delta_units", "severity").rows() == [
        ("erp", line.code, -7, "major"),
        ("erp_tables", line.code, -7, "major"),
    ]
    assert drift["location_id"][1] == line.location
    assert compared.height == 432 + 1065


def run_hour(house):
    return call("--config", house.loaded.path, "run", "--hour", compute_key(HOUR_AT))


def load_comparisons(house):
    path = house.root / "comparisons.parquet"
    words = ("export", "comparisons", "--format", "parquet", "--output", path)
    assert call("--config", house.loaded.path, *words).code == 0
    return pl.read_parquet(path)


def count_in_tryton(tryton, line, *, units):
    """Count one product at one location, as a person does: create the count, confirm it."""
    product = ask(tryton, "GET", f"product.product?d={pack([['code', '=', line.code]])}")[0]["id"]
    place = ask(tryton, "GET", f"stock.location?d={pack([['code', '=', line.location]])}")[0]["id"]
    lines = [["create", [{"product": product, "quantity": units}]]]
    count = {"location": place, "company": tryton.company, "empty_quantity": "keep", "lines": lines}
    number = ask(tryton, "POST", "stock.inventory", count)["id"]
    assert ask(tryton, "POST", f"stock.inventory/{number}/confirm?f=state", {})["state"] == "done"


def pack(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


def ask(tryton, method, path, body=None):
    request = urllib.request.Request(
        f"{tryton.url}/model/{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {tryton.key}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


@pytest.mark.parametrize(("system", "secret"), [("erp", "key"), ("erp_tables", "reader")])
def test_a_credential_that_ended_needs_a_person_and_is_not_repeated(house, system, secret):
    (house.root / "secrets" / secret).write_text("hunter2hunter2")
    with pytest.raises(SourceRefusedError) as caught:
        read(house, system)
    assert str(caught.value).startswith(f"{system}: counts: ")
    assert "hunter2" not in repr(caught.value)

"""F-96: one count task done by two people, or while orders ship: a count is of its own instant."""

import json

import pytest

from inventory_pipeline_tests.faults.conftest import TEN, Pair
from inventory_pipeline_tests.support.shop import MOVEMENTS, table

SHELF = f"{MOVEMENTS} actor"


def count(pair: Pair, rows: str, *, record: int = 20) -> None:
    pair.write("catalog.csv", "sku,title,bin\nX,Mug,B-1\n")
    pair.configure(f"{pair.config.read_text()}catalog: {{items: catalog.csv}}\n")
    early = "2026-04-06T08:00Z"
    pair.agree(early, {"X": 20})
    pair.run(early)
    pair.agree(TEN, {"X": record})
    pair.drop("shelf", "movements", TEN, table(f"{SHELF}\n{rows}"))
    pair.run(TEN)


@pytest.mark.slow
def test_F_96_two_people_who_disagree_are_both_not_believed(pair: Pair):
    count(pair, "C1 count X L1 17 09:10 ann\nC2 count X L1 19 09:20 bob")

    conflict = pair.one("findings", kind="count_conflict")
    assert (conflict["class"], conflict["severity"]) == ("integrity", "major")
    details = json.loads(conflict["details"])
    assert details["counted_by"] == ["ann", "bob"]
    assert details["counted_units"] == [17, 19]
    assert pair.find("findings", kind="count_variance") == []


@pytest.mark.slow
def test_F_96_the_conflict_goes_to_a_recount(pair: Pair):
    count(pair, "C1 count X L1 17 09:10 ann\nC2 count X L1 19 09:20 bob")

    task = pair.one("tasks")
    assert (task["sku"], task["bin"], task["state"]) == ("X", "B-1", "open")
    assert task["reason"] == "two counts in shelf contradict each other; count again"


@pytest.mark.parametrize(
    "rows",
    [
        "C1 count X L1 17 09:10 ann\nC2 count X L1 17 09:20 bob",
        "C1 count X L1 19 09:10 ann\nC2 count X L1 17 09:20 bob\nC3 count X L1 17 09:30 cho",
        "C1 count X L1 19 09:10 ann\nC2 count X L1 17 09:30 ann",
    ],
)
@pytest.mark.slow
def test_F_96_counts_that_agree_or_mend_their_own_are_one_count(pair: Pair, rows: str):
    count(pair, rows)

    assert pair.find("findings", kind="count_conflict") == []
    assert pair.one("findings", kind="count_variance")["delta_units"] == -3


@pytest.mark.slow
def test_F_96_what_ships_between_two_counts_divides_nobody(pair: Pair):
    count(
        pair,
        "C1 count X L1 20 09:10 ann\nS1 shipment X L1 3 09:15 -\nC2 count X L1 17 09:20 bob",
        record=17,
    )

    assert pair.find("findings", kind="count_conflict") == []
    assert pair.find("findings", kind="count_variance") == []


@pytest.mark.slow
def test_F_96_what_ships_after_the_count_is_no_variance(pair: Pair):
    count(pair, "C1 count X L1 20 09:10 ann\nS1 shipment X L1 6 09:40 -", record=14)

    assert pair.find("findings", kind="count_variance") == []
    assert pair.find("findings", kind="integrity") == []
    row = pair.one("comparisons", "--hour", TEN)
    assert row["owner_units"] == 14

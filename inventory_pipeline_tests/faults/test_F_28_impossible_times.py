"""F-28: a source clock that is fast, slow or in 1970."""

import pytest

from inventory_pipeline_tests.faults.conftest import TEN, Pair


@pytest.mark.parametrize(
    "wrong", ["1970-01-01T00:00:00Z", "2026-04-06T13:00:00Z", "2026-13-01T00:00:00Z"]
)
def test_F_28_a_row_from_an_impossible_time_goes_to_quarantine(pair: Pair, wrong: str) -> None:
    pair.agree(TEN, {"A": 5, "B": 5})
    pair.drop(
        "storefront", "counts", TEN,
        "item_id location_id fact quantity as_of\n"
        f"A L1 on_hand 5 {TEN[:13]}:00:00Z\nB L1 on_hand 9 {wrong}",
    )  # fmt: skip

    pair.run(TEN)

    [row] = pair.export("quarantine")
    assert (row["system"], row["row"]) == ("storefront", 2)
    assert wrong[:10] in row["reason"] or wrong[:10] in row["raw"]
    assert pair.one("comparisons", sku="B")["status"] == "unknown"
    assert pair.gaps(TEN) == []


def test_F_28_ten_minutes_fast_is_tolerated(pair: Pair) -> None:
    pair.agree(TEN, {"A": 5}, at="2026-04-06T11:10:00Z")

    assert pair.run(TEN) == 0

    assert pair.status("shelf", TEN) == "complete"


def test_F_28_three_hours_slow_is_late(pair: Pair) -> None:
    pair.agree(TEN, {"A": 5})
    pair.say("storefront", TEN, {"A": 5}, at="2026-04-06T07:00:00Z")

    pair.run(TEN)

    assert pair.status("storefront", TEN) == "late"

"""An owner is held against its own movements before it is trusted, where they are whole."""

import json
from datetime import timedelta

import polars as pl
import pytest

from inventory_pipeline.config.models import Severity
from inventory_pipeline.ledger.audit import MOST_LISTED, Span, find_span, find_unexplained
from inventory_pipeline.model.hours import parse_hour
from inventory_pipeline_tests.support.shop import COUNTS, MOVEMENTS, Shop, files_system

NINE, TEN, ELEVEN, NOON = (f"2026-04-06T{hour:02d}:00Z" for hour in range(9, 13))
MORE = f"{MOVEMENTS} cause_id sequence"


@pytest.fixture
def pair(shop: Shop) -> Shop:
    shelf = files_system("shelf", "wms", "movements")
    storefront = files_system("storefront", "storefront")
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{shelf}{storefront}"
        "facts:\n  on_hand: {owner: shelf}\n"
        "mirrors:\n  - {system: storefront, fact: on_hand, expects: on_hand}\n"
    )
    return shop


def say(shop: Shop, hour: str, units: int, *moves: str, storefront: int | None = None) -> None:
    shop.drop("shelf", "counts", hour, f"{COUNTS}\nX L1 on_hand {units} {hour}")
    mirror = units if storefront is None else storefront
    shop.drop("storefront", "counts", hour, f"{COUNTS}\nX L1 on_hand {mirror} {hour}")
    shop.drop("shelf", "movements", hour, "\n".join([MORE, *moves]))
    shop.run(hour)


def doubts(shop: Shop, hour: str) -> list[dict[str, object]]:
    return shop.find("findings", "--hour", hour, kind="integrity", state="open")


@pytest.mark.slow
def test_a_level_its_own_movements_explain_is_trusted(pair: Shop) -> None:
    say(pair, NINE, 10)
    say(pair, TEN, 15, "R1 receipt X L1 8 09:20 - -", "S1 shipment X L1 3 09:40 - -")

    assert doubts(pair, TEN) == []
    assert pair.one("comparisons", "--hour", TEN)["qualifiers"] == ""


@pytest.mark.slow
def test_what_no_movement_explains_is_told_with_the_residual(pair: Shop) -> None:
    say(pair, NINE, 10)
    say(pair, TEN, 4, "S1 shipment X L1 2 09:40 - -", storefront=5)

    [doubt] = doubts(pair, TEN)
    assert (doubt["class"], doubt["mirror"], doubt["owner"]) == ("integrity", "shelf", "shelf")
    assert (doubt["observed_units"], doubt["expected_units"], doubt["delta_units"]) == (4, 8, -4)
    details = json.loads(str(doubt["details"]))
    assert (details["start_units"], details["moved_units"]) == (10, -2)
    row = pair.one("comparisons", "--hour", TEN)
    assert (row["delta_units"], row["qualifiers"]) == (1, "owner_unexplained")


@pytest.mark.slow
def test_the_doubt_ends_when_the_movement_is_told_after_all(pair: Shop) -> None:
    say(pair, NINE, 10)
    say(pair, TEN, 6)
    say(pair, ELEVEN, 6, "S1 shipment X L1 4 09:40 - -")

    assert len(doubts(pair, TEN)) == 1
    assert doubts(pair, ELEVEN) == []


@pytest.mark.slow
def test_a_hole_in_the_movements_judges_nobody_and_clears_nothing(pair: Shop) -> None:
    say(pair, NINE, 10)
    say(pair, TEN, 6)
    pair.drop("shelf", "counts", ELEVEN, f"{COUNTS}\nX L1 on_hand 6 {ELEVEN}")
    pair.drop("storefront", "counts", ELEVEN, f"{COUNTS}\nX L1 on_hand 6 {ELEVEN}")
    pair.run(ELEVEN)
    say(pair, NOON, 3)

    finding = pair.one("findings", kind="integrity")
    assert (finding["state"], finding["delta_units"]) == ("open", -3)
    assert pair.find("findings", "--hour", ELEVEN, kind="integrity") == []


@pytest.mark.slow
def test_a_count_begins_the_book_anew_and_its_own_booking_is_no_second_change(pair: Shop) -> None:
    say(pair, NINE, 10)
    say(
        pair, TEN, 6,
        "S0 shipment X L1 1 09:10 - -", "C1 count X L1 7 09:30 - -",
        "A1 adjustment X L1 -2 09:31 C1 -", "S1 shipment X L1 1 09:40 - -",
    )  # fmt: skip

    assert doubts(pair, TEN) == []


@pytest.mark.slow
@pytest.mark.parametrize("moved_at", ["09:00", "10:00"])
def test_what_is_booked_at_the_instant_of_a_reading_may_be_in_it_or_not(
    pair: Shop, moved_at: str
) -> None:
    say(pair, NINE, 10)
    say(pair, TEN, 10, f"S1 shipment X L1 3 {moved_at} - -")

    assert doubts(pair, TEN) == []


@pytest.mark.slow
def test_an_owner_without_movements_is_not_held_against_any(shop: Shop) -> None:
    shelf = files_system("shelf", "wms")
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{shelf}facts:\n  on_hand: {{owner: shelf}}\n"
    )
    for hour, units in ((NINE, 10), (TEN, 3)):
        shop.drop("shelf", "counts", hour, f"{COUNTS}\nX L1 on_hand {units} {hour}")
        shop.run(hour)

    assert shop.find("findings", kind="integrity") == []


def test_movements_that_explain_next_to_nothing_are_one_finding_not_thousands() -> None:
    at = parse_hour(NINE)
    span = Span("shelf", 1, 2, at, parse_hour(TEN))
    row = {"units": 5, "start_units": 3, "moved_units": 0, "start_at": at, "read_at": at}
    levels = [{"key_id": key, "count_id": "", **row} for key in range(MOST_LISTED + 1)]

    listed = find_unexplained(pl.DataFrame(levels[1:]), span, Severity())
    [whole] = find_unexplained(pl.DataFrame(levels), span, Severity())

    assert len(listed) == MOST_LISTED
    assert (whole["key_id"], whole["subject"], whole["severity"]) == (-1, "movements", "notable")
    assert json.loads(str(whole["details"]))["unexplained_levels"] == MOST_LISTED + 1


def batches(*rows: tuple[int, str, str]) -> pl.DataFrame:
    noon = parse_hour(NOON)
    return pl.DataFrame(
        [
            {
                "hour_at": noon - timedelta(hours=ago),
                "system": "shelf",
                "feed": feed,
                "batch_id": number,
                "status": status,
                "source_at": noon - timedelta(hours=ago),
            }
            for number, (ago, feed, status) in enumerate(rows)
        ]
    )


def test_the_span_reaches_back_as_far_as_every_hour_was_told_whole() -> None:
    told = batches(
        (0, "counts", "complete"), (0, "movements", "complete"),
        (1, "counts", "partial"), (1, "movements", "complete"),
        (2, "counts", "complete"), (2, "movements", "partial"),
        (3, "counts", "complete"), (3, "movements", "complete"),
    )  # fmt: skip

    span = find_span(told, system="shelf", hour_at=parse_hour(NOON))

    assert span is not None
    assert (span.before_id, span.now_id) == (4, 0)
    assert find_span(told, system="erp", hour_at=parse_hour(NOON)) is None

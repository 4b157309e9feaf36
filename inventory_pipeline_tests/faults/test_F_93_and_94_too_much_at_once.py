"""F-93 and F-94: a run that wants too much, or that drifts too far, changes nothing."""

import pytest

from inventory_pipeline.correct.policy import decide
from inventory_pipeline_tests.support import limited_shop
from inventory_pipeline_tests.support.limited_shop import COUNTS, HOURS, ITEMS, LAST, LEVELS
from inventory_pipeline_tests.support.rulings import LIMITED, build_gap, build_situation
from inventory_pipeline_tests.support.shop import MOVEMENTS, Shop

MANY = [f"S-{number:04d}" for number in range(600)]
WIDE = "structural: {rule: rate_only, drift_rate: 0.99}\n"


def test_F_93_one_proven_gap_would_be_closed() -> None:
    [ruling] = decide([build_gap(1)], build_situation(), LIMITED)
    assert (ruling.decision, ruling.reasons) == ("auto", ())


@pytest.mark.parametrize("number", [26, 581])
def test_F_93_more_than_twenty_five_in_one_run_are_all_held(number: int) -> None:
    gaps = [build_gap(each) for each in range(number)]
    rulings = decide(gaps, build_situation(), LIMITED)

    assert {ruling.decision for ruling in rulings} == {"suspended"}
    assert all(ruling.is_storm for ruling in rulings)
    said = f"{number} corrections in one run are more than 25: a person looks"
    assert {ruling.reasons[0] for ruling in rulings} == {said}


def test_F_93_twenty_five_are_as_many_as_one_run_may() -> None:
    rulings = decide([build_gap(each) for each in range(25)], build_situation(), LIMITED)
    assert [ruling.decision for ruling in rulings] == ["auto"] * 25


def test_F_93_no_run_changes_more_than_fifty_units() -> None:
    told = {"delta_units": -5, "correction_units": 5, "target_units": 13}
    rulings = decide([build_gap(each, **told) for each in range(20)], build_situation(), LIMITED)
    assert [ruling.decision for ruling in rulings].count("auto") == 10


def drop_many(shop: Shop, hour: str, *, lost: int) -> None:
    """Write an hour; in the last one a restock of two of many items never reached the front."""
    clock, is_last = hour[11:13], hour == LAST
    gone = MANY[:lost] if is_last else []
    owned = dict.fromkeys(MANY, 20) | dict.fromkeys(gone, 23)
    front = dict.fromkeys(MANY, 20) | dict.fromkeys(gone, 21)
    for system, fact, levels in (("shelf", "on_hand", owned), ("storefront", "available", front)):
        rows = [f"{sku} L1 {fact} {units} {clock}:55" for sku, units in levels.items()]
        shop.drop(system, "counts", hour, "\n".join([COUNTS, *rows]))
    moved, heard = [f"{MOVEMENTS} reference_id"], [LEVELS]
    for sku in gone:
        moved += [f"W1-{sku} receipt {sku} L1 2 {clock}:05 P1-{sku}"]
        moved += [f"W2-{sku} receipt {sku} L1 1 {clock}:20 P2-{sku}"]
        heard += [f"C2-{sku} {sku} L1 available add 1 {clock}:21 W2-{sku}"]
    shop.drop("shelf", "movements", hour, "\n".join(moved))
    shop.drop("storefront", "levels", hour, "\n".join(heard))


@pytest.mark.slow
def test_F_93_581_proposals_of_one_run_apply_none_hold_the_run_and_pull_one_brake(
    shop: Shop,
) -> None:
    limited_shop.configure(shop, more=WIDE)
    for hour in HOURS[1:]:
        drop_many(shop, hour, lost=581)
        shop.run(hour)
    shop.run(LAST)
    assert shop.do("deliver", "--once") == 0

    proposals = shop.export("proposals")
    assert len(proposals) == 581
    assert {row["decision"] for row in proposals} == {"suspended"}
    assert shop.export("receipts") == []
    assert list(shop.folder.glob("outbox/storefront/*")) == []
    assert read_brakes(shop) == [
        ("all", "581 corrections in one run are more than 25: a person looks")
    ]


def read_brakes(shop: Shop) -> list[tuple[str, str]]:
    import sqlite3  # noqa: PLC0415

    with sqlite3.connect(shop.folder / "local/journal.sqlite") as journal:
        rows = journal.execute("select scope, reason from brakes where released_at is null")
        return [(scope, reason.rpartition(" (")[0]) for scope, reason in rows.fetchall()]


def test_F_94_drift_of_more_than_two_in_a_hundred_suspends_what_is_proven_too() -> None:
    gaps = [build_gap(1), build_gap(2, cause="unknown", is_proven=False)]
    above = decide(gaps, build_situation(drift_rate=0.0201), LIMITED)
    at_the_line = decide(gaps, build_situation(drift_rate=0.02), LIMITED)

    assert [ruling.decision for ruling in above] == ["suspended", "suspended"]
    assert all("the wiring is wrong" in ruling.reasons[0] for ruling in above)
    assert [ruling.decision for ruling in at_the_line] == ["auto", "flagged"]


@pytest.mark.parametrize(("off", "decision"), [(2, "flagged"), (3, "suspended")])
@pytest.mark.slow
def test_F_94_at_the_front_door_the_line_is_between_two_and_three_of_120(
    shop: Shop, off: int, decision: str
) -> None:
    limited_shop.configure(shop)
    for hour in HOURS[1:]:
        seen = dict.fromkeys(ITEMS[5 : 5 + off], 11) if hour == LAST else {}
        limited_shop.drop(shop, hour, gap=0, seen=seen)
        shop.run(hour)

    proposals = shop.export("proposals")
    assert [row["decision"] for row in proposals] == [decision] * off
    told = [f"{off / 120:.1%} of the active SKUs is more than 2.0%" in row["reason"]
            for row in proposals]  # fmt: skip
    assert told == [off == 3] * off
    assert shop.export("receipts") == []
    assert shop.do("deliver", "--once") == 0
    assert list(shop.folder.glob("outbox/storefront/*")) == []

"""F-17 to F-24 behind the door: a snapshot that is not whole zeroes nothing."""

import pytest

from inventory_pipeline_tests.faults.conftest import ELEVEN, NOON, TEN, Pair, many
from inventory_pipeline_tests.support.shop import MOVEMENTS, files_system

ONE, TWO = "2026-04-06T01:00Z", "2026-04-06T02:00Z"


@pytest.mark.slow
@pytest.mark.parametrize(("first", "last"), [(40, 80), (80, 120)], ids=["middle", "last"])
def test_F_17_F_18_a_lost_page_leaves_its_keys_unknown(pair: Pair, first: int, last: int) -> None:
    whole = many(120)
    pair.agree(TEN, whole)
    pair.run(TEN)
    pair.agree(ELEVEN, whole)
    lost = dict(list(whole.items())[:first] + list(whole.items())[last:])
    pair.say("storefront", ELEVEN, lost)

    assert pair.run(ELEVEN) == 1

    assert pair.status("storefront", ELEVEN) == "partial"
    assert pair.gaps(ELEVEN) == []
    unknown = pair.find("comparisons", "--hour", ELEVEN, status="unknown")
    assert len(unknown) == 40
    assert {row["observed_units"] for row in unknown} == {None}
    assert pair.one("cycles", "--hour", ELEVEN)["status"] == "incomplete"


@pytest.mark.slow
def test_F_20_the_right_row_count_with_49_twice_and_49_missing_is_refused(pair: Pair) -> None:
    whole = many(300)
    pair.agree(TEN, whole)
    pair.run(TEN)
    pair.agree(ELEVEN, whole)
    names = list(whole)
    rows = [*names[:251], *names[:49]]
    text = "\n".join(f"{sku} L1 on_hand 20 {ELEVEN[:13]}:00:00Z" for sku in rows)
    pair.drop("storefront", "counts", ELEVEN, f"item_id location_id fact quantity as_of\n{text}")

    pair.run(ELEVEN)

    row = pair.one("snapshots", "--hour", ELEVEN, system="storefront")
    assert (row["status"], row["rows"], row["keys"]) == ("partial", 300, 251)
    assert "49 of 300 known keys are gone" in row["reason"]
    assert pair.gaps(ELEVEN) == []


@pytest.mark.slow
def test_F_22_an_empty_success_is_never_all_gone(pair: Pair) -> None:
    pair.agree(TEN, many(10))
    pair.run(TEN)
    pair.agree(ELEVEN, many(10))
    pair.say("shelf", ELEVEN, {})

    pair.run(ELEVEN)

    assert pair.status("shelf", ELEVEN) == "suspect"
    assert pair.gaps(ELEVEN) == []
    assert {r["status"] for r in pair.export("comparisons", "--hour", ELEVEN)} == {"unknown"}


@pytest.mark.slow
def test_F_23_sixty_percent_newly_zero_is_braked(pair: Pair) -> None:
    pair.agree(TEN, many(100))
    pair.run(TEN)
    pair.agree(ELEVEN, many(100))
    pair.say("storefront", ELEVEN, {**many(100), **dict.fromkeys(list(many(100))[:60], 0)})

    pair.run(ELEVEN)

    row = pair.one("snapshots", "--hour", ELEVEN, system="storefront")
    assert row["status"] == "suspect"
    assert "60 of 100 keys fell to zero at once" in row["reason"]
    assert all("mirror_suspect" in r["qualifiers"] for r in pair.find(
        "comparisons", "--hour", ELEVEN, status="drift"))  # fmt: skip


@pytest.mark.slow
def test_a_small_shop_may_sell_its_last_items(pair: Pair) -> None:
    pair.agree(TEN, {"A": 2, "B": 1, "C": 4})
    pair.run(TEN)
    pair.agree(ELEVEN, {"A": 0, "B": 0, "C": 1})

    assert pair.run(ELEVEN) == 0

    assert pair.status("shelf", ELEVEN) == "complete"


@pytest.mark.slow
def test_keys_that_three_snapshots_in_a_row_do_not_show_are_gone(pair: Pair) -> None:
    whole = many(100)
    fewer = dict(list(whole.items())[:60])
    pair.agree(TEN, whole)
    pair.run(TEN)
    for hour in (ELEVEN, NOON, "2026-04-06T13:00Z"):
        pair.agree(hour, fewer)
        pair.run(hour)

    assert [pair.status("shelf", h) for h in (ELEVEN, NOON)] == ["partial", "partial"]
    assert pair.status("shelf", "2026-04-06T13:00Z") == "complete"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("nameless", "status"), [(1, "complete"), (2, "partial")], ids=["within", "beyond"]
)
def test_a_first_snapshot_with_rows_nobody_can_name_is_not_whole(
    pair: Pair, nameless: int, status: str
) -> None:
    pair.agree(TEN, many(200))
    path = pair.folder / "exports/storefront/counts-2026-04-06T10.csv"
    lost = f",L1,on_hand,20,{TEN[:13]}:00:00Z\n" * nameless
    pair.write(str(path), path.read_text(encoding="utf-8") + lost)

    pair.run(TEN)

    row = pair.one("snapshots", system="storefront", feed="counts")
    assert row["status"] == status
    said = f"{nameless} of {200 + nameless} rows were refused and their keys are not known"
    assert (said if status == "partial" else f"{nameless} rows in quarantine") in row["reason"]
    pair.agree(ELEVEN, many(200))
    pair.run(ELEVEN)
    assert pair.status("storefront", ELEVEN) == "complete"


@pytest.mark.slow
def test_a_first_snapshot_whose_refused_rows_have_keys_is_whole(pair: Pair) -> None:
    pair.agree(TEN, many(10))
    pair.say("storefront", TEN, {**dict.fromkeys(many(10), "20"), "S0000": "many"})

    pair.run(TEN)

    assert pair.status("storefront", TEN) == "complete"
    unknown = pair.find("comparisons", status="unknown")
    assert [row["sku"] for row in unknown] == ["S0000"]


NIGHTLY = {"sync": '{trigger: batch, every: 24h, at: "02:00"}', "max_age": "26h"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("teller", "moved_at", "status"),
    [
        ("shelf", "2026-04-05T15:00:00Z", "complete"),
        ("shelf", "2026-04-05T01:00:00Z", "suspect"),
        ("till", "2026-04-05T15:00:00Z", "suspect"),
    ],
    ids=["since_its_last_batch", "before_its_last_batch", "by_one_who_owns_nothing"],
)
def test_a_nightly_batch_is_explained_by_what_its_owner_moved(
    pair: Pair, teller: str, moved_at: str, status: str
) -> None:
    systems = (
        files_system("shelf", "wms", "movements")
        + files_system("till", "pos", "movements")
        + files_system("erp", "erp", **NIGHTLY)
    )
    pair.configure(
        f"business: {{name: Test}}\nsystems:\n{systems}facts:\n  on_hand: {{owner: shelf}}\n"
        "mirrors:\n  - {system: erp, fact: on_hand, expects: on_hand}\n"
    )
    moved = "\n".join(f"M{n} receipt S{n:04d} L1 30 {moved_at}" for n in range(100))
    rows = {"shelf": f"M0 receipt S0000 L1 1 {moved_at}", teller: moved}
    for system in ("shelf", "till"):
        pair.drop(system, "movements", ONE, f"{MOVEMENTS}\n{rows.get(system, '')}")
    pair.say("erp", ONE, many(100), at="2026-04-05T02:00:00Z")
    pair.run(ONE)
    pair.say("erp", TWO, many(100, 50), at="2026-04-06T02:00:00Z")
    pair.run(TWO)

    assert pair.status("erp", TWO) == status

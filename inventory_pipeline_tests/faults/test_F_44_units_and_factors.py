"""F-44: each against case: a missing factor is unresolved, a factor has its time."""

from inventory_pipeline_tests.faults.conftest import TEN, Pair
from inventory_pipeline_tests.support.shop import COUNTS

AT = f"{TEN[:13]}:00:00Z"
HEADER = "sku,system,item_id,unit,eaches_per_unit,valid_from,valid_to"


def drop_in(pair: Pair, unit: str, *rows: str) -> None:
    lines = "\n".join(f"{row} {unit}" for row in rows)
    pair.drop("storefront", "counts", TEN, f"{COUNTS} unit\n{lines}")


def test_F_44_a_unit_without_a_factor_is_unresolved_and_not_one(pair: Pair) -> None:
    pair.agree(TEN, {"A": 12})
    drop_in(pair, "CS", f"A L1 on_hand 12 {AT}")

    pair.run(TEN)

    [row] = pair.export("quarantine")
    assert row["reason"] == "unit 'CS' of A has no eaches_per_unit"
    assert pair.one("comparisons", sku="A")["status"] == "unknown"


def test_F_44_a_factor_that_changed_in_the_middle_of_the_day_counts_by_its_time(pair: Pair) -> None:
    pair.configure_pair(more="catalog: {identities: identities.csv}\n")
    pair.write(
        "identities.csv",
        f"{HEADER}\nA,storefront,A,CS,12,,2026-04-06T09:30:00\n"
        "A,storefront,A,CS,10,2026-04-06T09:30:00,\n"
        "B,storefront,B,CS,12,,2026-04-06T09:30:00\nB,storefront,B,CS,10,2026-04-06T09:30:00,\n",
    )
    pair.agree(TEN, {"A": 20, "B": 24})
    drop_in(pair, "CS", f"A L1 on_hand 2 {AT}", "B L1 on_hand 2 2026-04-06T09:00:00Z")

    assert pair.run(TEN) == 0

    rows = {r["sku"]: r["observed_units"] for r in pair.export("comparisons")}
    assert rows == {"A": 20, "B": 24}


def test_F_44_a_conversion_that_is_no_whole_number_is_refused(pair: Pair) -> None:
    pair.configure_pair(more="catalog: {identities: identities.csv}\n")
    pair.write("identities.csv", f"{HEADER}\nA,storefront,A,PR,1/2,,\n")
    pair.agree(TEN, {"A": 2})
    drop_in(pair, "PR", f"A L1 on_hand 5 {AT}")

    pair.run(TEN)

    [row] = pair.export("quarantine")
    assert "5 PR is no whole number of eaches (factor 1/2)" in row["reason"]

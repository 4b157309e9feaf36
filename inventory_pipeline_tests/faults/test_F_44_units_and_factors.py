"""F-44: each against case: a factor is exact, has its time, and is never guessed."""

from pathlib import Path

import pytest

from inventory_pipeline.ingest.identity import load_catalog
from inventory_pipeline_tests.faults.conftest import TEN, Catalogue, Pair
from inventory_pipeline_tests.support.shop import COUNTS

AT = f"{TEN[:13]}:00:00Z"
HEADER = "sku,system,item_id,unit,eaches_per_unit,valid_from,valid_to"


def read_factors(folder: Path, rows: str) -> list[tuple[str, int, int]]:
    (folder / "ids.csv").write_text(f"{HEADER}\n{rows}", encoding="utf-8")
    catalog = load_catalog(folder, items=None, locations=None, identities="ids.csv")
    return catalog.identities.select("unit", "numerator", "denominator").rows()


def test_F_44_a_missing_factor_is_unresolved_and_not_one(tmp_path: Path) -> None:
    assert read_factors(tmp_path, "A,erp,A,CS,,,\n") == [("CS", 0, 1)]
    assert read_factors(tmp_path, "A,erp,A,EA,,,\n") == [("EA", 1, 1)]


def test_F_44_a_factor_is_an_exact_fraction(tmp_path: Path) -> None:
    rows = "A,erp,A,CS,12,,\nB,erp,B,HALF,0.5,,\nC,erp,C,DZ12,1/12,,\n"
    assert read_factors(tmp_path, rows) == [("CS", 12, 1), ("HALF", 1, 2), ("DZ12", 1, 12)]


def test_F_44_a_factor_that_changed_has_two_lines_with_days_that_meet(
    catalogue: Catalogue,
) -> None:
    assert catalogue.check("A,erp,A,CS,12,,2026-04-06\nA,erp,A,CS,10,2026-04-06,\n").code == 0


@pytest.mark.parametrize(
    ("rows", "seen"),
    [
        ("A,erp,A,CS,12,,\nA,erp,A,CS,10,,\n", "at the same time"),
        ("A,erp,A,CS,12,,2026-04-07\nA,erp,A,CS,10,2026-04-06,\n", "at the same time"),
        ("A,erp,A,CS,twelve,,\n", "'twelve'"),
        ("A,erp,A,CS,0,,\n", "more than zero"),
        ("A,erp,A,CS,-12,,\n", "'-12'"),
        ("A,erp,A,CS,1e1,,\n", "'1e1'"),
        ("A,erp,A,CS,1/0,,\n", "ids.csv:2"),
        ("A,erp,A,CS,12,soon,\n", "'soon'"),
    ],
)
def test_F_44_a_factor_that_is_doubtful_is_refused_with_its_line(
    catalogue: Catalogue, rows: str, seen: str
) -> None:
    outcome = catalogue.check(rows)
    assert outcome.code == 2
    assert seen in outcome.err
    assert "unexpected" not in outcome.err


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

"""F-44, the file's part: a factor is exact and versioned in time, and never guessed."""

import pytest

from inventory_pipeline.ingest.identity import load_catalog
from inventory_pipeline_tests.support.command import call

HEADER = "sku,system,item_id,unit,eaches_per_unit,valid_from,valid_to\n"


@pytest.fixture
def shop(tmp_path):
    assert call("init", tmp_path).code == 0
    config = tmp_path / "inventory.yaml"
    text = config.read_text(encoding="utf-8")
    with_map = text.replace("{items: catalog.csv}", "{items: catalog.csv, identities: ids.csv}")
    config.write_text(with_map, encoding="utf-8")

    def check(rows):
        (tmp_path / "ids.csv").write_text(HEADER + rows, encoding="utf-8")
        return call("--config", config, "check")

    return check


def read_factors(folder, rows):
    (folder / "ids.csv").write_text(HEADER + rows, encoding="utf-8")
    catalog = load_catalog(folder, items=None, locations=None, identities="ids.csv")
    return catalog.identities.select("unit", "numerator", "denominator").rows()


def test_F_44_a_missing_factor_is_unresolved_and_not_one(tmp_path):
    assert read_factors(tmp_path, "A,erp,A,CS,,,\n") == [("CS", 0, 1)]
    assert read_factors(tmp_path, "A,erp,A,EA,,,\n") == [("EA", 1, 1)]


def test_F_44_a_factor_is_an_exact_fraction(tmp_path):
    rows = "A,erp,A,CS,12,,\nB,erp,B,HALF,0.5,,\nC,erp,C,DZ12,1/12,,\n"
    assert read_factors(tmp_path, rows) == [("CS", 12, 1), ("HALF", 1, 2), ("DZ12", 1, 12)]


def test_F_44_a_factor_that_changed_has_two_lines_with_days_that_meet(shop):
    assert shop("A,erp,A,CS,12,,2026-04-06\nA,erp,A,CS,10,2026-04-06,\n").code == 0


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
def test_F_44_a_factor_that_is_doubtful_is_refused_with_its_line(shop, rows, seen):
    outcome = shop(rows)
    assert outcome.code == 2
    assert seen in outcome.err
    assert "unexpected" not in outcome.err

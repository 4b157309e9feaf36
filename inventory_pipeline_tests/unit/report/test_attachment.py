"""Attachment: no cell is a formula, and a number stays a number (S9)."""

import csv
import io

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory_pipeline.report.attachment import (
    COLUMNS,
    FORMULA_STARTS,
    ROWS,
    build_attachment,
    make_harmless,
)
from inventory_pipeline_tests.support.report_day import build_finding, build_problems

FORMULAS = (
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "|calc", "%x",
    "=HYPERLINK(\"http://evil.example\")", "＝1", "\u200b=1", "\ufeff=1", "\u00a0=1", "\x00=1",
)  # fmt: skip


def read(*rows: dict[str, object]) -> list[dict[str, str]]:
    made = build_attachment(build_problems(*rows), slug="2026-04-06")
    assert made is not None
    return list(csv.DictReader(io.StringIO(made.content.decode("utf-8-sig"))))


@pytest.mark.parametrize("text", FORMULAS, ids=range(len(FORMULAS)))
def test_a_formula_in_any_text_cell_is_only_text(text: str):
    known = dict.fromkeys(("sku", "location_id", "mirror", "owner", "subject", "details"), text)
    row = read(build_finding(**known))[0]
    for name in known:
        assert row[name].startswith("'")


@given(st.text(st.characters(exclude_categories=()), max_size=50))
def test_no_cell_starts_what_a_spreadsheet_computes(text: str):
    assert not make_harmless(text).lstrip(" ").startswith(FORMULA_STARTS)


@given(st.lists(st.text(max_size=20), min_size=1, max_size=5))
def test_every_row_is_read_back_whole(names: list[str]):
    rows = read(*(build_finding(finding_id=f"F-{i}", sku=n) for i, n in enumerate(names)))
    assert len(rows) == len(names)
    assert all(list(row) == list(COLUMNS) and None not in row.values() for row in rows)


def test_minus_three_is_read_back_as_minus_three():
    made = build_attachment(build_problems(build_finding(delta_units=-3)), slug="x")
    assert made is not None
    frame = pl.read_csv(made.content)
    assert frame["delta_units"].to_list() == [-3]
    assert frame.schema["owner_units"] == pl.Int64


def test_a_harmless_cell_is_left_alone():
    row = read(build_finding(sku="HP-0412", delta_units=-8))[0]
    assert (row["sku"], row["delta_units"]) == ("HP-0412", "-8")
    assert row["first_seen_at"] == "2026-04-06T17:00:00Z"


def test_nothing_open_is_no_attachment():
    assert build_attachment(build_problems(build_finding(state="cleared")), slug="x") is None


def test_a_huge_day_is_cut_and_the_name_says_of_how_many():
    rows = [build_finding(finding_id=f"F-{i}", sku=f"S{i}") for i in range(ROWS + 7)]
    made = build_attachment(build_problems(*rows), slug="2026-04-06")
    assert made is not None
    assert made.name == "findings-2026-04-06-5000-of-5007.csv"
    assert (made.shown, made.total) == (5_000, 5_007)


def test_the_worst_come_first():
    rows = read(
        build_finding(finding_id="F-1", sku="N", severity="notable"),
        build_finding(finding_id="F-2", sku="M"),
    )
    assert [row["sku"] for row in rows] == ["M", "N"]

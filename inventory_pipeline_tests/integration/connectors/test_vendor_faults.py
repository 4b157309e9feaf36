"""Every connector and everything that goes wrong on the way from its vendor."""

from pathlib import Path

import pytest

from inventory_pipeline_tests.support.vendors.cases import (
    CASES,
    Case,
    find_exemptions,
    run_case,
)
from inventory_pipeline_tests.support.vendors.table import PAGE, VENDORS, find_row, render_row
from inventory_pipeline_tests.support.vendors.vendor import Vendor

SEEN: dict[str, dict[str, str]] = {}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.name)
def test_it_comes_to_what_it_may(vendor: Vendor, case: Case, tmp_path: Path) -> None:
    if case.name in find_exemptions(vendor):
        word = "–"
    else:
        word = run_case(vendor, case, tmp_path)
        assert word in case.wanted
    SEEN.setdefault(vendor.name, {})[case.name] = word


@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.name)
def test_the_documentation_says_what_was_seen(vendor: Vendor) -> None:
    """Of a whole run; one case alone says nothing of the table."""
    seen = SEEN.get(vendor.name, {})
    if len(seen) == len(CASES):
        assert find_row(PAGE.read_text(encoding="utf-8"), vendor.name) == render_row(
            vendor.name, seen
        ), "make docs writes it anew"

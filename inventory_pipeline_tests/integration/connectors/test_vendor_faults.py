"""Every connector and everything that goes wrong on the way from its vendor."""

from pathlib import Path

import pytest

from inventory_pipeline_tests.support.vendors.cases import CASES, Case, find_exemptions, run_case
from inventory_pipeline_tests.support.vendors.quiet import Unasked
from inventory_pipeline_tests.support.vendors.table import ALL, PAGE, find_column, render_cards
from inventory_pipeline_tests.support.vendors.vendor import Vendor

SEEN: dict[str, dict[str, str]] = {}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("vendor", ALL, ids=lambda vendor: vendor.name)
def test_it_comes_to_what_it_may(vendor: Vendor | Unasked, case: Case, tmp_path: Path) -> None:
    if case.name in find_exemptions(vendor):
        word = "–"
    else:
        word = run_case(vendor, case, tmp_path)
        assert word in case.wanted
    SEEN.setdefault(vendor.name, {})[case.name] = word


@pytest.mark.parametrize("vendor", ALL, ids=lambda vendor: vendor.name)
def test_the_documentation_says_what_was_seen(vendor: Vendor | Unasked) -> None:
    seen = SEEN.get(vendor.name, {})
    documented = find_column(PAGE.read_text(encoding="utf-8"), vendor.name)
    assert set(documented) == {case.name for case in CASES}, "make docs writes it anew"
    assert seen == {name: documented[name] for name in seen}, "make docs writes it anew"


def test_the_documentation_has_every_card() -> None:
    assert render_cards() in PAGE.read_text(encoding="utf-8"), "make docs writes it anew"

"""What goes wrong on the way from any vendor, on the way of the one file of a large shop."""

import pytest

from inventory_pipeline_tests.support.vendors.cases import CASES, run_case
from inventory_pipeline_tests.support.vendors.shopify import ShopifyFileVendor

# One file has no second page, and white space behind its lines is a line of its own.
OTHERWISE = {
    "time without a zone": None,
    "lost page": "whole",
    "the same page for ever": "whole",
    "order that changes": "whole",
    "huge page": "refused",
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_comes_to_what_it_may(case, tmp_path):
    if case.name not in OTHERWISE:
        assert run_case(ShopifyFileVendor(), case, tmp_path) in case.wanted
    elif OTHERWISE[case.name]:
        assert run_case(ShopifyFileVendor(), case, tmp_path) == OTHERWISE[case.name]

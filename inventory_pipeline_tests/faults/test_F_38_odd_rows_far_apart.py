"""F-38 in a file of thousands of rows: what is odd may stand far apart."""

import pytest

from inventory_pipeline_tests.support.shop import COUNTS, Shop, files_system

TEN = "2026-04-06T10:00Z"


@pytest.mark.parametrize("odd", ["1.5", "lots", "-", "1e5"])
def test_F_38_odd_rows_at_both_ends_of_a_long_file_are_set_aside(shop: Shop, odd: str) -> None:
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{files_system('shelf', 'wms')}"
        f"{files_system('storefront', 'storefront')}facts:\n  on_hand: {{owner: shelf}}\n"
        "mirrors:\n  - {system: storefront, fact: on_hand, expects: on_hand}\n"
    )
    plain = [f"S-{number:05d} L1 on_hand {number % 50} 10:55" for number in range(5000)]
    spoiled = [*plain]
    for place in (60, 4990):
        spoiled[place] = f"S-{place:05d} L1 on_hand {odd} 10:55"
    shop.drop("shelf", "counts", TEN, "\n".join([COUNTS, *plain]))
    shop.drop("storefront", "counts", TEN, "\n".join([COUNTS, *spoiled]))

    assert shop.run(TEN) in (0, 1)
    rows = [row["row"] for row in shop.find("quarantine", system="storefront")]
    assert sorted(rows) == [61, 4991]
    assert shop.find("findings", kind="gap") == []

"""F-48: a bundle is no stock: what a system does not count for us is left out by mapping."""

from inventory_pipeline_tests.faults.conftest import TEN, Pair
from inventory_pipeline_tests.support.shop import COUNTS


def test_F_48_a_bundle_parent_is_not_compared_and_not_written(pair: Pair) -> None:
    pair.configure_pair(more="catalog: {items: catalog.csv}\n")
    pair.write("catalog.csv", "sku,title,is_bundle\nA,Cup,\nSET,Cup and bowl,true\n")
    pair.agree(TEN, {"A": 5})
    pair.drop(
        "storefront", "counts", TEN,
        f"{COUNTS}\nA L1 on_hand 5 {TEN[:13]}:00:00Z\nSET L1 on_hand 3 {TEN[:13]}:00:00Z",
    )  # fmt: skip

    assert pair.run(TEN) == 0

    assert pair.gaps(TEN) == []
    assert pair.find("comparisons", sku="SET") == []
    assert pair.export("proposals") == []

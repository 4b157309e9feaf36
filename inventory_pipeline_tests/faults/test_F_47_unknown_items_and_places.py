"""F-47: an item its owner does not know, or a place nobody listed, is a ghost."""

from inventory_pipeline_tests.faults.conftest import TEN, Pair
from inventory_pipeline_tests.support.shop import COUNTS

AT = f"{TEN[:13]}:00:00Z"


def test_F_47_an_unknown_item_and_an_unknown_place_are_ghosts(pair: Pair) -> None:
    pair.agree(TEN, {"A": 5})
    pair.drop(
        "storefront", "counts", TEN,
        f"{COUNTS}\nA L1 on_hand 5 {AT}\nX L1 on_hand 3 {AT}\nA L7 on_hand 4 {AT}",
    )  # fmt: skip

    pair.run(TEN)

    found = {(f["sku"], f["location_id"]): f["class"] for f in pair.gaps(TEN)}
    assert found == {("X", "L1"): "ghost", ("A", "L7"): "ghost"}
    assert pair.find("proposals", sku="X") == []


def test_F_47_no_ghost_is_claimed_of_an_owner_that_was_not_whole(pair: Pair) -> None:
    pair.agree(TEN, {"A": 5})
    pair.drop("storefront", "counts", TEN, f"{COUNTS}\nA L1 on_hand 5 {AT}\nX L1 on_hand 3 {AT}")
    (pair.folder / "exports/shelf/counts-2026-04-06T10.csv").unlink()

    pair.run(TEN)

    assert pair.gaps(TEN) == []
    assert {r["status"] for r in pair.export("comparisons")} == {"unknown"}

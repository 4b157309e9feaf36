"""F-65: what we wrote comes back in the other system's log: known by its reference, not news."""

from pathlib import Path

import pytest

from inventory_pipeline_tests.faults.conftest import ELEVEN, TEN, Pair
from inventory_pipeline_tests.support.real_office import working
from inventory_pipeline_tests.support.shop import MOVEMENTS, files_system
from inventory_pipeline_tests.support.write_targets import show_bytes

LEVELS = "change_id item_id location_id fact operation quantity changed_at actor reference_id"


def write_back(pair: Pair, reference: str) -> None:
    """The storefront was set from 14 to 10 between the hours, and says so in both its logs."""
    pair.configure(
        pair.config.read_text().replace(
            files_system("storefront", "storefront"),
            files_system("storefront", "storefront", "movements", "levels"),
        )
    )
    for hour, units in ((TEN, 14), (ELEVEN, 10)):
        pair.agree(hour, {"X": 10})
        pair.say("storefront", hour, {"X": units})
        pair.drop("storefront", "movements", hour, MOVEMENTS)
        pair.drop("storefront", "levels", hour, LEVELS)
    pair.run(TEN)
    pair.drop(
        "storefront", "levels", ELEVEN,
        f"{LEVELS}\nV1 X L1 on_hand set 12 10:29 api {reference}\n"
        f"V2 X L1 on_hand set 10 10:30 api {reference}",
    )  # fmt: skip
    pair.drop(
        "storefront", "movements", ELEVEN,
        f"{MOVEMENTS} reference_id\nA1 adjustment X L1 -4 10:30 {reference}",
    )  # fmt: skip
    pair.run(ELEVEN)


@pytest.mark.slow
def test_F_65_a_write_that_names_its_receipt_is_no_foreign_change(pair: Pair):
    write_back(pair, "R-0123456789abcdef")

    assert pair.find("findings", kind="non_owner_write") == []
    assert pair.find("findings", kind="ordering") == []
    assert pair.gaps(ELEVEN) == []


@pytest.mark.slow
def test_F_65_the_same_write_without_a_receipt_is_a_foreign_change(pair: Pair):
    write_back(pair, "-")

    told = pair.find("findings", kind="non_owner_write")
    assert [(row["mirror"], row["subject"]) for row in told] == [("storefront", "V1")]


@pytest.mark.slow
def test_F_65_an_echo_leaves_the_owner_and_its_book_alone(pair: Pair):
    write_back(pair, "R-0123456789abcdef")

    row = pair.one("comparisons", "--hour", ELEVEN)
    assert (row["owner_units"], row["observed_units"], row["lag_units"]) == (10, 10, 0)
    assert pair.find("findings", kind="integrity") == []


@pytest.mark.slow
def test_F_65_what_a_receiver_is_told_names_its_receipt_and_the_echo_is_known_by_it(
    pair: Pair, tmp_path: Path
) -> None:
    with working("rest", tmp_path, {"X": 14}) as desk:
        receipt_id = desk.tell("X", units=10, operation="set", before=14)
        desk.deliver()
        receipt = desk.find(receipt_id)
        [body] = [row["body"] for row in desk.ask("select body from dispatches")]
    assert (receipt["state"], receipt["attempts"]) == ("confirmed", 1)
    sent = show_bytes(body)["ref"]
    assert sent == receipt["reference"] == f"gid://inventory-pipeline/Receipt/{receipt_id}"

    write_back(pair, sent)

    assert pair.find("findings", kind="non_owner_write") == []
    assert pair.gaps(ELEVEN) == []
    assert pair.export("receipts") == []

"""A change and what each system is to do about it, as rows."""

from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime

import pytest

from inventory_pipeline.correct.addresses import Address
from inventory_pipeline.correct.receipts import (
    Change,
    Effect,
    describe_change,
    describe_receipt,
    make_id,
    make_key,
)

NOW = datetime(2026, 4, 6, 12, tzinfo=UTC)
CHANGE = Change("restock", "available", "MUG", "MAIN", 8, NOW, "PO-1", NOW)
EFFECT = Effect("shop", "available", "add", 8, 20, Address("mug-1", "7"), "restock")


def describe(change: Change = CHANGE, **changed: object) -> dict[str, object]:
    return describe_receipt(change, replace(EFFECT, **changed), sequence=3, now=NOW)


def test_ids_are_sixteen_digits_that_tell_parts_apart():
    found = make_id("C", "a", "bc")
    assert (found[:2], len(found)) == ("C-", 18)
    assert found == make_id("C", "a", "bc")
    assert len({found, make_id("C", "ab", "c"), make_id("R", "a", "bc")}) == 3


def test_a_key_belongs_to_one_generation_and_the_first_is_one():
    assert make_key("R-1", 1) != make_key("R-1", 2)
    receipt = describe()
    assert receipt["key"] == make_key(str(receipt["receipt_id"]), 1)


def test_changes_and_effects_do_not_change():
    with pytest.raises(FrozenInstanceError):
        CHANGE.units = 9  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        EFFECT.units = 9  # type: ignore[misc]
    assert (EFFECT.is_owner, EFFECT.waits_for) == (False, "")


def test_what_the_owner_does_not_know_waits_for_it_unless_it_is_the_owner_itself():
    early = replace(CHANGE, owner_at=None)
    assert describe(early)["waits_for"] == "owner"
    assert describe(early, is_owner=True)["waits_for"] == ""


def test_a_change_is_one_however_often_it_is_told():
    assert describe_change(CHANGE, now=NOW)["owner_at"] == "2026-04-06T12:00:00.000000+00:00"
    assert describe_change(replace(CHANGE, owner_at=None), now=NOW)["owner_at"] is None
    assert CHANGE.change_id == replace(CHANGE, units=9).change_id
    assert CHANGE.change_id != replace(CHANGE, source="PO-2").change_id


@pytest.mark.parametrize(
    ("owner_at", "is_owner", "waits_for", "state", "waits"),
    [
        (NOW, False, "", "created", ""),
        (NOW, True, "", "created", ""),
        (None, True, "", "created", ""),
        (None, False, "", "held", "owner"),
        (None, False, "approval", "held", "approval"),
        (NOW, False, "approval", "held", "approval"),
    ],
)
def test_mirrors_wait_for_the_owner_and_everybody_for_a_yes(
    owner_at, is_owner, waits_for, state, waits
):
    receipt = describe(replace(CHANGE, owner_at=owner_at), is_owner=is_owner, waits_for=waits_for)
    assert (receipt["state"], receipt["waits_for"]) == (state, waits)
    assert receipt["is_owner"] == int(is_owner)


def test_numbers_are_told_in_the_receivers_unit():
    dozen = Address("mug-1", "7", eaches=4)
    receipt = describe(address=dozen)
    assert (receipt["units"], receipt["quantity"]) == (8, 2)
    assert (receipt["before_units"], receipt["before_quantity"]) == (20, 5)
    assert (receipt["sent_operation"], receipt["sent_quantity"]) == ("add", 2)
    assert receipt["eaches_per_unit"] == 4
    assert describe(before_units=None)["before_quantity"] is None

"""A seal: the digest of what never changes about a receipt, and of nothing else."""

import pytest

from inventory_pipeline.correct.seals import compute_seal

RECEIPT = {
    "receipt_id": "R-1", "system": "shop", "fact": "available", "sku": "MUG", "location_id": "L1",
    "item_id": "mug-1", "their_location_id": "7", "operation": "set", "units": 8, "quantity": 8,
    "before_units": 20, "is_owner": 0, "sequence": 3,
}  # fmt: skip


def test_what_happens_to_a_receipt_does_not_break_its_seal():
    seal = compute_seal(RECEIPT)
    assert len(seal) == 32
    assert compute_seal({**RECEIPT, "state": "sent", "evidence": "HTTP 200"}) == seal


@pytest.mark.parametrize("name", RECEIPT)
def test_a_receipt_that_was_changed_has_another_seal(name):
    other = RECEIPT[name] + 1 if isinstance(RECEIPT[name], int) else f"{RECEIPT[name]}x"
    assert compute_seal({**RECEIPT, name: other}) != compute_seal(RECEIPT)

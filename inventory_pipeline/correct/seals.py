"""Seals: what a receipt was when it was made stands in the audit chain, and must still be so."""

import hashlib
import json
from typing import Any

from inventory_pipeline.store.journal import Journal
from inventory_pipeline.store.queries import load_query

Row = dict[str, Any]
_SEALED = (
    "receipt_id", "system", "fact", "sku", "location_id", "item_id", "their_location_id",
    "operation", "units", "quantity", "before_units", "is_owner", "sequence",
)  # fmt: skip


def compute_seal(receipt: Row) -> str:
    """Return the digest of everything about a receipt that never changes."""
    cells = [receipt[name] for name in _SEALED]
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()[:32]


def find_altered(journal: Journal) -> str:
    """Return which receipt that has not arrived was changed by hand, in words, or nothing."""
    for row in journal.query(load_query("correct", "find_sealed")):
        if row["seal"] is None:
            return f"receipt {row['receipt_id']} stands in no link of the audit chain"
        if row["seal"] != compute_seal(row):
            return f"receipt {row['receipt_id']} was changed by hand"
    return ""

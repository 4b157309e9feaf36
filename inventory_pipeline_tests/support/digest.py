"""Digests of the contract's tables: what must be equal when nothing may have changed."""

import hashlib
import json

from inventory_pipeline_tests.support.shop import Shop

TABLES = ("snapshots", "quarantine", "facts", "comparisons", "cycles", "findings")
# How long an hour took is not what it found.
VOLATILE = {"cycles": ("seconds",)}


def compute_digests(shop: Shop) -> dict[str, str]:
    """Return table → digest of its rows."""
    return {name: _digest(shop, name) for name in TABLES}


def _digest(shop: Shop, name: str) -> str:
    skipped = VOLATILE.get(name, ())
    rows = [{k: v for k, v in row.items() if k not in skipped} for row in shop.export(name)]
    text = sorted(json.dumps(row, sort_keys=True, default=str) for row in rows)
    return hashlib.sha256("\n".join(text).encode()).hexdigest()

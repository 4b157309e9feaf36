"""Postings audit: what a mirror books of a movement, field by field, and who hides the rest.

A difference that no rule explains is the mirror's posting before it is the owner's count
(QTY-08, DIA-04).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import polars as pl

from inventory_pipeline.config.facts import Mirror
from inventory_pipeline.config.formula import parse_formula
from inventory_pipeline.config.meaning import find_mismatches
from inventory_pipeline.config.models import Settings
from inventory_pipeline.ledger.problems import Row, write_details
from inventory_pipeline.model.catalog import Catalog
from inventory_pipeline.model.quantities import ON_HAND, SAFETY_STOCK

# More items than this are one wrong rule, not so many.
MOST_LISTED = 200
LEAST_EDITS = 3
_RESERVES = re.compile(r"safety|reserve|buffer")
_MEANINGS = re.compile(r"channel|unit|uom|pack|factor")
_NUMBER = re.compile(r"(?<![\w.])\d+(?![\w.])")


def find_misposted(rows: pl.DataFrame, *, owner: str) -> Iterator[Row]:
    """Yield items whose movements a mirror books with other units; the newest speaks for all.

    Args:
        rows: rows of ``find_misposted``.
    """
    for mirror, told in rows.group_by("mirror", maintain_order=True):
        newest = told.sort("moved_at", "movement_id").unique(
            "key_id", keep="last", maintain_order=True
        )
        for row in newest.head(MOST_LISTED).iter_rows(named=True):
            yield _describe_misposted(row, owner=owner, mirror=str(mirror[0]))


def _describe_misposted(row: Mapping[str, Any], *, owner: str, mirror: str) -> Row:
    ratio = row["mirror_units"] / row["owner_units"] if row["owner_units"] else None
    pairs = {
        "units": (row["owner_units"], row["mirror_units"]),
        "moved_at": (_stamp(row["moved_at"]), _stamp(row["recorded_at"])),
    }
    details = {
        "because": "undocumented_erp_rule", "ratio": ratio, "kind": row["kind"],
        "owner_record": row["movement_id"], "mirror_record": row["mirror_record"],
        "moved_at": row["moved_at"], "suspects": [f"{mirror} posting", owner],
        "fields_that_differ": {name: pair for name, pair in pairs.items() if pair[0] != pair[1]},
    }  # fmt: skip
    return {
        "kind": "posting_difference",
        "fact": ON_HAND,
        "mirror": mirror,
        "key_id": row["key_id"],
        "owner": owner,
        "class": "rule",
        "severity": "notable",
        "delta_units": row["mirror_units"] - row["owner_units"],
        "owner_units": row["owner_units"],
        "observed_units": row["mirror_units"],
        "expected_units": row["owner_units"],
        "details": write_details(details),
    }


def find_hand_edits(rows: Iterable[Mapping[str, Any]], *, owner: str) -> Iterator[Row]:
    """Yield items that people set right by the same units after each receipt (QTY-07).

    Args:
        rows: rows of ``find_hand_edits``.
    """
    for row in rows:
        if row["receipts"] < LEAST_EDITS:
            continue
        details = {
            "because": "masked by hand edits", "edits": row["edits"], "receipts": row["receipts"],
            "units_each": row["units"], "first_at": row["first_at"], "last_at": row["last_at"],
            "suspect": "the pack size of the posting rule",
        }  # fmt: skip
        yield {
            "kind": "hand_edits",
            "fact": ON_HAND,
            "mirror": row["mirror"],
            "key_id": row["key_id"],
            "owner": owner,
            "class": "rule",
            "severity": "notable",
            "details": write_details(details),
        }


def find_reserveless_mirrors(settings: Settings) -> Iterator[Row]:
    """Yield mirrors that sell what is on hand, whether or not a number is off yet (QTY-11)."""
    for mismatch in find_mismatches(settings):
        yield {
            "kind": "reserve_missing",
            "fact": mismatch.fact,
            "mirror": mismatch.system,
            "key_id": -1,
            "class": "rule",
            "severity": "none",
            "details": write_details({"because": mismatch.text}),
        }


def find_unruled_settings(
    changes: Iterable[Mapping[str, Any]], settings: Settings, catalog: Catalog
) -> Iterator[Row]:
    """Yield settings changed at a mirror while its rule still says the old thing (PRV-03).

    A reserve is compared with the rule's own number. Any other setting that changes what a
    number means asks for a look at the rule: one reviewed later than the change had it.

    Args:
        changes: rows of ``find_settings_changed``.
    """
    for change in changes:
        for mirror in settings.mirrors:
            if mirror.system == change["system"]:
                yield from _find_unruled(change, mirror, catalog)


def _find_unruled(change: Mapping[str, Any], mirror: Mirror, catalog: Catalog) -> Iterator[Row]:
    kind = change["kind"].lower()
    is_reserve = bool(_RESERVES.search(kind))
    is_change = change["before"].strip() != change["after"].strip()
    if not is_change or not (is_reserve or _MEANINGS.search(kind)):
        return
    ruled = _find_ruled(change, mirror, catalog) if is_reserve else None
    if is_reserve and str(ruled) == change["after"].strip():
        return
    reviewed_on = mirror.rule.reviewed_on if mirror.rule else None
    if not is_reserve and reviewed_on and reviewed_on > change["changed_at"].date():
        return
    details = {
        "because": "a setting changed and the rule did not", "setting": change["kind"],
        "subject": change["subject"], "before": change["before"], "after": change["after"],
        "rule_says": ruled, "expects": mirror.expects, "changed_at": change["changed_at"],
        "actor": change["actor"],
    }  # fmt: skip
    yield {
        "kind": "setting_changed",
        "fact": mirror.fact,
        "mirror": mirror.system,
        "key_id": -1,
        "subject": f"{change['kind']}:{change['subject']}",
        "class": "rule",
        "severity": "minor",
        "details": write_details(details),
    }


def _find_ruled(change: Mapping[str, Any], mirror: Mirror, catalog: Catalog) -> int | None:
    """Return the reserve that the rule takes off; None where it names no single number."""
    if SAFETY_STOCK in parse_formula(mirror.expects).names:
        sku = _find_sku(change["system"], change["subject"], catalog)
        own = catalog.items.filter(pl.col("sku") == sku)["safety_stock"].to_list()
        return int(own[0]) if own and own[0] is not None else 0
    numbers = {int(text) for text in _NUMBER.findall(mirror.expects)} - {0}
    return numbers.pop() if len(numbers) == 1 else None


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _find_sku(system: str, subject: str, catalog: Catalog) -> str:
    theirs = catalog.identities.filter(
        (pl.col("system") == system) & (pl.col("item_id") == subject)
    )
    return str(theirs["sku"][0]) if theirs.height else subject

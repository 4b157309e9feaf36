"""Conduct: levels written by a system that does not own them, words told too early or stuck."""

from collections.abc import Mapping, Sequence

import polars as pl

from inventory_pipeline.config.models import Settings
from inventory_pipeline.reconcile.problems import Row, render_stamp, write_details


def find_non_owner_writes(
    writes: pl.DataFrame, settings: Settings, owned: Mapping[tuple[str, int], tuple[str, int]]
) -> list[Row]:
    """Return levels a system set by itself although another one owns the fact (FACT-10).

    Args:
        writes: rows of ``find_direct_writes``.
        owned: (fact, key_id) → (owner, its units now). A level that agrees harms nobody.
    """
    paths = {handoff.path for handoff in settings.handoffs}
    rows: list[Row] = []
    for row in writes.iter_rows(named=True):
        owner, units = owned.get((row["fact"], row["key_id"]), ("", 0))
        by_machine = row["actor"] in paths or row["actor"] in settings.systems
        if not owner or owner == row["system"] or units == row["units"] or by_machine:
            continue
        details = {
            "change_id": row["change_id"], "set_to": row["units"], "actor": row["actor"],
            "changed_at": render_stamp(row["changed_at"]),
        }  # fmt: skip
        rows.append(
            {
                "kind": "non_owner_write",
                "fact": row["fact"],
                "mirror": row["system"],
                "key_id": row["key_id"],
                "subject": row["change_id"],
                "owner": owner,
                "class": "non_owner_write",
                "severity": "notable",
                "owner_units": units,
                "observed_units": row["units"],
                "delta_units": row["units"] - units,
                "details": write_details(details),
            }
        )
    return rows


def find_early_levels(levels: pl.DataFrame, settings: Settings) -> list[Row]:
    """Return mirrors that were told of a movement before its owner had it (FACT-11).

    An order lowers a mirror that falls at the order long before the owner ships it: that
    is its moment, not a wrong order of telling.

    Args:
        levels: rows of ``find_early_levels``.
    """
    rows: list[Row] = []
    for row in levels.iter_rows(named=True):
        is_mirror_moment = row["kind"] in ("order_placed", "order_cancelled") or (
            row["kind"] == "shipment" and settings.systems[row["system"]].decrements_at == "order"
        )
        if is_mirror_moment:
            continue
        details = {
            "change_id": row["change_id"],
            "told_at": render_stamp(row["changed_at"]),
            "movement_id": row["movement_id"],
            "owner_recorded_at": render_stamp(row["recorded_at"]),
        }
        rows.append(
            {
                "kind": "ordering",
                "fact": row["fact"],
                "mirror": row["system"],
                "key_id": row["key_id"],
                "subject": row["change_id"],
                "owner": row["owner"],
                "class": "ordering",
                "severity": "notable",
                "details": write_details(details),
            }
        )
    return rows


def find_stuck(stuck: Sequence[Row]) -> list[Row]:
    """Return systems that our corrections do not reach, one finding each (OUT-10)."""
    return [
        {
            "kind": "receipts_stuck",
            "class": "handoff",
            "mirror": row["system"],
            "severity": "notable",
            "details": write_details(
                {name: row[name] for name in ("receipts", "oldest_at", "for_people")}
            ),
        }
        for row in stuck
    ]

"""Problems that are not a gap between two counts: made one by one from few records."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import polars as pl

from inventory_pipeline.config.models import Settings
from inventory_pipeline.model.movements import ON_HAND_SIGN
from inventory_pipeline.model.quantities import COMMITTED, ON_HAND
from inventory_pipeline.reconcile.findings import build_problems

Row = dict[str, object]
MISPLACED_WORDS = ("wrong_bin", "misplaced", "other_bin")


def find_authority_problems(settings: Settings) -> list[Row]:
    """Return one problem per fact that nobody owns (gap) or that several own (bug)."""
    rows: list[Row] = []
    for name, fact in settings.facts.items():
        if len(fact.owners) == 1:
            continue
        kind = "authority_gap" if not fact.owners else "authority_bug"
        details = {"owners": fact.owners, "answer": str(fact.owner)}
        rows.append(
            {
                "kind": "authority",
                "fact": name,
                "class": kind,
                "severity": "major",
                "owner": ", ".join(fact.owners),
                "details": write_details(details),
            }
        )
    return rows


def find_moment_problems(settings: Settings) -> list[Row]:
    """Return one problem per pair of systems whose numbers fall at different moments.

    A rule that takes commitments off has the difference documented; it is no problem.
    """
    rows: list[Row] = []
    for mirror in settings.mirrors:
        owner = find_owner(settings, ON_HAND)
        if owner is None or owner == mirror.system or COMMITTED in mirror.expects:
            continue
        if ON_HAND not in mirror.expects:
            continue
        ours = settings.systems[owner].decrements_at
        theirs = settings.systems[mirror.system].decrements_at
        if ours != theirs:
            details = {owner: ours, mirror.system: theirs}
            rows.append(
                {
                    "kind": "decrement_moment",
                    "fact": mirror.fact,
                    "mirror": mirror.system,
                    "owner": owner,
                    "class": "rule",
                    "severity": "minor",
                    "details": write_details(details),
                }
            )
    return rows


def find_owner(settings: Settings, fact: str) -> str | None:
    """Return the one system that owns a fact outside its scopes, if there is exactly one."""
    owners = settings.facts[fact].owners if fact in settings.facts else []
    return owners[0] if len(owners) == 1 else None


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
            "changed_at": _stamp(row["changed_at"]),
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
    """
    rows: list[Row] = []
    for row in levels.iter_rows(named=True):
        is_mirror_moment = row["kind"] in ("order_placed", "order_cancelled") or (
            row["kind"] == "shipment" and settings.systems[row["system"]].decrements_at == "order"
        )
        owner = find_owner(settings, ON_HAND)
        if is_mirror_moment or ON_HAND_SIGN[row["kind"]] == 0 or row["owner"] != owner:
            continue
        details = {
            "change_id": row["change_id"],
            "told_at": _stamp(row["changed_at"]),
            "movement_id": row["movement_id"],
            "owner_recorded_at": _stamp(row["recorded_at"]),
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


def find_variances(
    counts: pl.DataFrame, records: pl.DataFrame, movements: pl.DataFrame, *, bands: Any
) -> list[Row]:
    """Return physical counts that differ from their owner's record (CLS-02, CLS-06).

    The record is the owner's last reading before the count (else the first after it),
    rolled forward by the owner's own movements between the two.

    Args:
        counts: rows of ``load_count_movements``, the owner's only.
        records: system, key_id, units, source_at.
        movements: system, key_id, kind, units, in_force_at.
    """
    rows: list[Row] = []
    newest = counts.sort("moved_at").unique(["system", "key_id"], keep="last")
    for row in newest.sort("system", "key_id").iter_rows(named=True):
        record = _find_record(row, records, movements)
        if record is None or record == row["units"]:
            continue
        delta = row["units"] - record
        is_placed = row["disposition"] in MISPLACED_WORDS or row["destination_id"] or delta > 0
        size = abs(delta)
        severity = (
            "minor" if size <= bands.minor_up_to
            else "notable" if size <= bands.notable_up_to else "major"
        )  # fmt: skip
        details = {
            "count_id": row["movement_id"], "counted_units": row["units"],
            "recorded_units": record, "counted_at": _stamp(row["moved_at"]),
            "reason": row["disposition"],
        }  # fmt: skip
        rows.append(
            {
                "kind": "count_variance",
                "fact": ON_HAND,
                "mirror": row["system"],
                "key_id": row["key_id"],
                "owner": row["system"],
                "class": "misplaced" if is_placed else "shrinkage",
                "severity": severity,
                "delta_units": delta,
                "owner_units": record,
                "observed_units": row["units"],
                "expected_units": record,
                "details": write_details(details),
            }
        )
    return rows


def _find_record(
    count: dict[str, Any], records: pl.DataFrame, movements: pl.DataFrame
) -> int | None:
    mine = (pl.col("system") == count["system"]) & (pl.col("key_id") == count["key_id"])
    readings = records.filter(mine).sort("source_at")
    before = readings.filter(pl.col("source_at") < count["moved_at"])
    if before.is_empty():
        return int(readings["units"][0]) if readings.height else None
    at = before["source_at"][-1]
    between = movements.filter(
        mine & (pl.col("in_force_at") > at) & (pl.col("in_force_at") < count["moved_at"])
    )
    signs = between["kind"].replace_strict(ON_HAND_SIGN, return_dtype=pl.Int64)
    moved: Any = (signs * between["units"]).sum()
    return int(before["units"][-1]) + int(moved)


def find_misplaced(bins: pl.DataFrame, *, owner: str) -> list[Row]:
    """Return bins whose contents moved while the place as a whole agrees: no loss (CLS-06)."""
    rows: list[Row] = []
    for (system, key_id), group in bins.group_by("system", "key_id", maintain_order=True):
        moved = {
            row["bin"]: row["owner_units"] - row["mirror_units"]
            for row in group.iter_rows(named=True)
        }
        rows.append(
            {
                "kind": "misplaced",
                "fact": ON_HAND,
                "mirror": system,
                "key_id": key_id,
                "owner": owner,
                "class": "misplaced",
                "severity": "minor",
                "delta_units": 0,
                "details": write_details({"bins": moved}),
            }
        )
    return rows


def build(rows: list[Row]) -> pl.DataFrame:
    """Return PROBLEM rows, one per identity: the gravest comes first and stands."""
    frame = build_problems(rows)
    return frame.unique(
        ["kind", "fact", "mirror", "key_id", "subject"], keep="first", maintain_order=True
    )


def tie(
    gaps: pl.DataFrame,
    links: Mapping[int, Mapping[str, Any]],
    *,
    only: pl.Expr,
    symptom: int | None,
) -> pl.DataFrame:
    """Write into the details of gaps what they are tied to.

    Args:
        links: key_id → what to add to the details.
        only: which rows of those keys.
        symptom: the symptom that the tie shows; None leaves it.
    """
    wanted = only & pl.col("key_id").is_in(list(links))
    rows = [
        {
            **row,
            "details": write_details({**json.loads(row["details"]), **links[row["key_id"]]}),
            "symptom": symptom or row["symptom"],
        }
        for row in gaps.filter(wanted).iter_rows(named=True)
    ]
    rest = gaps.filter(~wanted.fill_null(value=False))
    return pl.concat([rest, pl.DataFrame(rows, schema=gaps.schema)])


def find_short_orders(orders: pl.DataFrame) -> dict[int, dict[str, Any]]:
    """Return key_id → orders that were placed and not shipped whole.

    Symptom 2 of the three: the order is accepted and the pick fails.

    Args:
        orders: rows of ``load_short_orders``.
    """
    sums = _sum_orders(orders)
    return {key: {"orders": link} for key, link in sums.items() if link["refunded_units"]}


def find_counts_told_once(gaps: pl.DataFrame, variances: list[Row]) -> dict[int, dict[str, Any]]:
    """Return key_id → the count that opened the gap: the owner took it over, the mirror did not.

    Symptom 3 of the three: a count mends one system and opens a gap in another.
    """
    moved = {row["key_id"]: row for row in variances if row["kind"] == "count_variance"}
    found: dict[int, dict[str, Any]] = {}
    for key_id, delta in gaps.select("key_id", "delta_units").drop_nulls().iter_rows():
        row = moved.get(key_id)
        if row and row["delta_units"] == -delta:
            found[key_id] = {"count": json.loads(str(row["details"]))}
    return found


def _sum_orders(orders: pl.DataFrame) -> dict[int, dict[str, Any]]:
    names = {
        "order_placed": "ordered_units",
        "shipment": "shipped_units",
        "order_cancelled": "refunded_units",
        "return_initiated": "returned_units",
    }
    largest = orders.group_by("key_id", "order_id", "kind").agg(pl.col("units").max())
    result: dict[int, dict[str, Any]] = {}
    for row in largest.sort("key_id", "order_id", "kind").iter_rows(named=True):
        link = result.setdefault(row["key_id"], {**dict.fromkeys(names.values(), 0), "ids": []})
        link[names[row["kind"]]] += row["units"]
        if row["kind"] == "order_placed":
            link["ids"].append(row["order_id"])
    return result


def write_details(details: Any) -> str:
    """Return details as the JSON text that a finding keeps."""
    return json.dumps(details, sort_keys=True)


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

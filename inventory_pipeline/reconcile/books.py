"""Books: what the ledger room found in the hour, and how far it lets an owner be trusted."""

from dataclasses import replace
from typing import Any

import polars as pl

from inventory_pipeline.reconcile.mirrors import Outcome
from inventory_pipeline.reconcile.problems import Row

INTEGRITY = "integrity"
UNTRUSTED = "owner_unexplained"
OVERDUE = "late_path"
STALE = "source_stale"


def qualify(outcomes: list[Outcome], rows: list[Row]) -> list[Outcome]:
    """Mark comparisons that cannot be trusted as they stand.

    Either the owner's own movements do not explain its number, or the path to the mirror is
    overdue, so that the mirror's number is old whatever its file says (ING-09).

    Args:
        rows: the hour's problems beside the gaps.
    """
    overdue = {row["mirror"] for row in rows if row["kind"] == OVERDUE}
    outcomes = [_note_stale(o) if o.mirror.system in overdue else o for o in outcomes]
    doubted = pl.DataFrame(
        [
            {"owner": row["owner"], "key_id": row["key_id"], "is_doubted": True}
            for row in rows
            if row["kind"] == INTEGRITY
        ],
        schema={"owner": pl.String, "key_id": pl.Int32, "is_doubted": pl.Boolean},
    )
    if doubted.is_empty():
        return outcomes
    return [replace(o, exceptions=_mark(o.exceptions, doubted)) for o in outcomes]


def _note_stale(outcome: Outcome) -> Outcome:
    """Say of every comparison with a mirror that it is old, once."""
    if STALE in outcome.qualifiers:
        return outcome
    return replace(outcome, qualifiers=(*outcome.qualifiers, STALE))


def _mark(exceptions: pl.DataFrame, doubted: pl.DataFrame) -> pl.DataFrame:
    marked = exceptions.join(
        doubted, on=["owner", "key_id"], how="left", validate="m:1", maintain_order="left"
    )
    note = pl.concat_str([pl.col("qualifiers"), pl.lit(UNTRUSTED)], separator=" ")
    return marked.with_columns(
        qualifiers=pl.when("is_doubted").then(note.str.strip_chars()).otherwise("qualifiers")
    ).drop("is_doubted")


def keep_judged(judged: pl.DataFrame, audited: list[str]) -> pl.DataFrame:
    """Leave out doubts of owners that could not be held against their books in this hour."""
    is_doubt = pl.col("kind") == INTEGRITY
    return judged.filter(~is_doubt | pl.col("mirror").is_in(audited))


def find_rushes(rows: list[Row]) -> dict[int, dict[str, Any]]:
    """Return key_id → the transfer that was rushed there after a pick had failed."""
    found: dict[int, dict[str, Any]] = {}
    for row in rows:
        if row["kind"] == "rush_transfer":
            found.setdefault(int(str(row["key_id"])), {"rush_transfer": row["subject"]})
    return found

"""Records: rows of the store made into what a case holds, field by field."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import polars as pl

from inventory_pipeline.diagnose.case import Change, LogRow, Message


def build_changes(frame: pl.DataFrame) -> tuple[Change, ...]:
    """Return configuration changes in order of time."""
    return tuple(
        Change(
            r["changed_at"], r["system"], r["kind"], r["subject"], r["before"], r["after"],
            r["actor"],
        )
        for r in frame.iter_rows(named=True)
    )  # fmt: skip


def build_log(
    rows: Iterable[Mapping[str, Any]],
    namesakes: Mapping[tuple[str, int], Mapping[str, list[str]]],
) -> tuple[LogRow, ...]:
    """Return the mirror's log of one key; a row that names another item's movement says so."""
    return tuple(
        LogRow(
            change_id=r["change_id"],
            operation=r["operation"],
            units=r["units"],
            at=r["changed_at"],
            reference_id=r["reference_id"] or "",
            actor=r["actor"] or "",
            source_at=r["source_at"],
            sequence=r["sequence"],
            **_describe_other(namesakes.get((r["reference_id"] or "", r["key_id"]), {})),
        )
        for r in rows
    )


def _describe_other(kinds: Mapping[str, list[str]]) -> dict[str, Any]:
    others = sorted({sku for skus in kinds.values() for sku in skus})
    return {"other_sku": others[0] if len(others) == 1 else "", "other_kinds": tuple(sorted(kinds))}


def build_messages(rows: Iterable[Mapping[str, Any]]) -> tuple[Message, ...]:
    """Return the middleware's events of one key; what it left out is empty."""
    return tuple(
        Message(
            event_id=r["event_id"],
            path=r["path"],
            operation=r["operation"],
            units=r["units"],
            emitted_at=r["emitted_at"],
            processed_at=r["processed_at"],
            attempt=r["attempt"],
            status=r["status"],
            reference_id=r["reference_id"] or "",
            idempotency_key=r["idempotency_key"] or "",
            sequence=r["sequence"],
        )
        for r in rows
    )


# The path by which a middleware carries what we send; until there is an outbox of our own its
# history is the only one that tells of corrections.
CORRECTIONS = "corrections"


def find_corrections(
    rows: Iterable[Mapping[str, Any]], *, read_at: datetime | None, is_pending: bool
) -> tuple[tuple[str, int], ...]:
    """Return our corrections of one key that were still on their way, or that had arrived.

    Args:
        read_at: when the mirror's number was read; None: all that arrived are in it.

    Returns:
        (id, signed units), by the id that the mirror's log would name.
    """
    told = [r for r in rows if r["path"] == CORRECTIONS and r["operation"] == "add"]
    arrived = {
        r["event_id"]
        for r in told
        if r["processed_at"] is not None and (read_at is None or r["processed_at"] <= read_at)
    }
    named = {r["event_id"]: (r["reference_id"] or r["event_id"], r["units"]) for r in told}
    return tuple(each for name, each in named.items() if (name in arrived) is not is_pending)


def find_waits(rows: Iterable[Mapping[str, Any]]) -> list[tuple[datetime, datetime | None]]:
    """Return when each correction of ours of one key left, and when it arrived, if it did."""
    told = [r for r in rows if r["path"] == CORRECTIONS]
    left = {r["event_id"]: r["emitted_at"] for r in told}
    arrived = {r["event_id"]: r["processed_at"] for r in told if r["processed_at"] is not None}
    return [(at, arrived.get(name)) for name, at in left.items()]

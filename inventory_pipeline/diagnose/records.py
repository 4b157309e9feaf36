"""Records: rows of the store made into what a case holds, field by field."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from inventory_pipeline.diagnose.case import Change, LogRow, Message
from inventory_pipeline.diagnose.kinds import GIVEN_UP


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


# The path by which a middleware carries corrections of ours that no outbox of ours sent.
CORRECTIONS = "corrections"


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction of ours, as the outbox or the middleware tells of it.

    Attributes:
        name: by what the mirror's log would name it.
        left_at, arrived_at: None: it has not arrived.
        is_given_up: it never will.
    """

    name: str
    units: int
    left_at: datetime
    arrived_at: datetime | None
    is_given_up: bool


def list_corrections(rows: Iterable[Mapping[str, Any]]) -> list[Correction]:
    """Return our corrections of one key, each once, whatever attempts there were."""
    attempts: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        if row["path"] == CORRECTIONS and row["operation"] == "add":
            attempts.setdefault(row["event_id"], []).append(row)
    return [_build_correction(each) for each in attempts.values()]


def list_arrived(rows: Iterable[Mapping[str, Any]], read_at: datetime | None) -> list[Correction]:
    """Return the corrections that the outbox knew to have arrived when a number was read.

    What was on its way then is taken from the gap before anybody asks why.
    """
    return [
        Correction(
            r["receipt_id"], r["units"], r["left_at"], r["arrived_at"], is_given_up=False
        )
        for r in rows
        if r["is_correction"] and r["arrived_at"] and read_at and r["arrived_at"] <= read_at
    ]  # fmt: skip


def name_ours(
    log: Sequence[Mapping[str, Any]], receipts: Iterable[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """Return the rows of a mirror's log, ours by the name a case knows them by.

    What told of a movement is that movement's; a correction is its receipt, however its
    reference is written.
    """
    names: dict[str, str] = {}
    for r in receipts:
        name = r["receipt_id"] if r["is_correction"] else r["cause_id"]
        names |= dict.fromkeys((r["receipt_id"], r["reference"]), name)
    if not names:
        return list(log)
    return [{**row, "reference_id": names.get(ref := row["reference_id"], ref)} for row in log]


def _build_correction(attempts: Sequence[Mapping[str, Any]]) -> Correction:
    last = attempts[-1]
    arrived = [r["processed_at"] for r in attempts if r["processed_at"] is not None]
    return Correction(
        name=last["reference_id"] or last["event_id"],
        units=last["units"],
        left_at=last["emitted_at"],
        arrived_at=min(arrived, default=None),
        is_given_up=not arrived and any(r["status"].lower() in GIVEN_UP for r in attempts),
    )


def find_pending(
    corrections: Iterable[Correction], read_at: datetime | None
) -> tuple[tuple[str, int], ...]:
    """Return id and signed units of those that were on their way when a number was read."""
    return tuple(
        (each.name, each.units)
        for each in corrections
        if not each.is_given_up and not _is_there(each, read_at)
    )


def find_sent(
    corrections: Iterable[Correction], read_at: datetime | None
) -> tuple[tuple[str, int], ...]:
    """Return id and signed units of those that had arrived when a number was read."""
    return tuple((each.name, each.units) for each in corrections if _is_there(each, read_at))


def _is_there(correction: Correction, read_at: datetime | None) -> bool:
    at = correction.arrived_at
    return at is not None and (read_at is None or at <= read_at)


def find_waits(corrections: Iterable[Correction]) -> list[tuple[datetime, datetime | None]]:
    """Return when each left and when it arrived, if it did; what was given up waits for nothing."""
    return [(each.left_at, each.arrived_at) for each in corrections if not each.is_given_up]

"""The exhibit: everything a verdict rests on, as data; ``evidence`` of ``export diagnoses``.

Instants are UTC in ``at`` and on the business's clock, with its zone named, in ``local``.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import zip_longest
from typing import Any
from zoneinfo import ZoneInfo

from inventory_pipeline.config.models import Settings
from inventory_pipeline.diagnose.case import Case
from inventory_pipeline.diagnose.claim import Claim
from inventory_pipeline.diagnose.scene import INFERRED
from inventory_pipeline.diagnose.verdict import Verdict, find_settling

MOST_RECORDS = 3
# Below this confidence a sentence says perhaps.
LIKELY = 0.7


def build_exhibit(
    verdict: Verdict, sides: Mapping[str, int | None], *, zone: ZoneInfo, responsible: str
) -> dict[str, Any]:
    """Return the evidence of one verdict.

    Args:
        sides: observed, expected and owner units of the finding in this hour.
        responsible: who mends the path from owner to mirror; empty: nobody is named.
    """
    case = verdict.case
    return {
        "tier": verdict.tier,
        "certainty": find_certainty(verdict),
        "gap": _build_gap(case, sides, zone),
        "records": find_records(case, verdict.claims, zone),
        "claims": [
            {"cause": c.cause, "units": c.units, "ids": list(c.ids), "facts": c.facts}
            for c in verdict.claims
        ],
        "path": list(verdict.claims[0].path) if verdict.claims else [],
        "doubts": list(verdict.doubts),
        "looked_at": _count_evidence(case),
        "responsible": responsible,
        "settles": find_settling(verdict),
    }


def find_certainty(verdict: Verdict) -> str:
    """Return how a sentence says it: proven, likely or possible."""
    if verdict.is_proven:
        return "proven"
    return "likely" if verdict.confidence >= LIKELY else "possible"


def find_responsible(settings: Settings, *, owner: str, mirror: str) -> str:
    """Return who mends the path that leads to a mirror: the one from its owner first."""
    paths = [h for h in settings.handoffs if h.target == mirror and h.responsible]
    ranked = sorted(paths, key=lambda h: h.source != owner)
    return ranked[0].responsible if ranked else ""


def _build_gap(case: Case, sides: Mapping[str, int | None], zone: ZoneInfo) -> dict[str, Any]:
    newest = case.points[-1] if case.points else None
    return {
        "mirror": case.mirror,
        "owner": case.owner,
        "fact": case.fact,
        "delta_units": sides.get("delta_units") or 0,
        "observed_units": sides.get("observed_units"),
        "expected_units": sides.get("expected_units"),
        "owner_units": sides.get("owner_units"),
        **(_tell_time(newest.at, zone) if newest else {}),
    }


def _count_evidence(case: Case) -> dict[str, int]:
    """Return how much of each kind was there to look at; a feed nobody gives is left out."""
    moves = [m for m in case.moves or () if m.kind != INFERRED]
    told = {
        "hours": len(case.points) or None,
        "movements": len(moves) if moves else None,
        "log_rows": None if case.log is None else len(case.log),
        "messages": None if case.messages is None else len(case.messages),
    }
    return {name: number for name, number in told.items() if number is not None}


def find_records(case: Case, claims: Iterable[Claim], zone: ZoneInfo) -> list[dict[str, Any]]:
    """Return the two or three records that show it, as their systems wrote them.

    Every claim of a compound fault shows its most telling one before any shows a second.
    """
    known = _list_records(case, zone)
    rows = zip_longest(*([name for name in c.ids if name in known] for c in claims))
    names = dict.fromkeys(name for row in rows for name in row if name is not None)
    return [known[name] for name in names][:MOST_RECORDS]


def _list_records(case: Case, zone: ZoneInfo) -> dict[str, dict[str, Any]]:
    """Return id → record; a movement is told before a row of the log that bears its id."""
    every = (*_list_settings(case, zone), *_list_ours(case), *_list_rows(case, zone))
    records = {record["id"]: record for record in every}
    return records | {record["id"]: record for record in _list_moves(case, zone)}


def _list_moves(case: Case, zone: ZoneInfo) -> Iterator[dict[str, Any]]:
    for move in case.moves or ():
        if move.kind != INFERRED:
            yield {
                "id": move.movement_id, "system": move.system, "kind": move.kind,
                "units": move.units, **_tell_time(move.at, zone),
                "reference_id": move.reference_id, **_name_actor(move.actor),
            }  # fmt: skip


def _list_rows(case: Case, zone: ZoneInfo) -> Iterator[dict[str, Any]]:
    for row in case.log or ():
        yield {
            "id": row.change_id, "system": case.mirror, "kind": row.operation,
            "units": row.units, **_tell_time(row.at, zone), "reference_id": row.reference_id,
            **_name_actor(row.actor),
        }  # fmt: skip


def _list_settings(case: Case, zone: ZoneInfo) -> Iterator[dict[str, Any]]:
    for change in case.changes or ():
        yield {
            "id": f"{change.system}:{change.kind}:{change.subject}", "system": change.system,
            "kind": "setting", "units": None, **_tell_time(change.at, zone), "reference_id": "",
            "before": change.before, "after": change.after, **_name_actor(change.actor),
        }  # fmt: skip


def _list_ours(case: Case) -> Iterator[dict[str, Any]]:
    for name, units in (*case.receipts, *case.sent):
        yield {
            "id": name, "system": case.mirror, "kind": "receipt_of_ours", "units": units,
            "reference_id": "",
        }  # fmt: skip


def _tell_time(moment: datetime, zone: ZoneInfo) -> dict[str, str]:
    return {
        "at": moment.isoformat(),
        "local": f"{moment.astimezone(zone):%Y-%m-%d %H:%M %Z}",
    }


def _name_actor(actor: str) -> dict[str, str]:
    return {"actor": actor} if actor else {}

"""Telling: a verdict in its surroundings, as a person needs it: evidence, plan, lean, sentence."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from inventory_pipeline.config.models import Settings
from inventory_pipeline.diagnose.case import Change
from inventory_pipeline.diagnose.exhibit import build_exhibit, find_responsible
from inventory_pipeline.diagnose.indicators import (
    CHANNELS,
    Signs,
    Surroundings,
    count_troubled,
    find_signs,
    is_named,
)
from inventory_pipeline.diagnose.plan import (
    BOOKS,
    ORDER,
    Book,
    Inquiry,
    Plan,
    build_plan,
    render_plan,
)
from inventory_pipeline.diagnose.spells import (
    DAYS_RUNNING,
    Spell,
    count_days_running,
    find_return_change,
)
from inventory_pipeline.diagnose.verdict import Verdict
from inventory_pipeline.diagnose.words import render_sentence
from inventory_pipeline.model.causes import CAUSES
from inventory_pipeline.model.hours import HOUR

# What people do by hand: right for one item, a mask where the wiring makes the gaps.
BY_PEOPLE = ("count_task", "investigate", "redeliver", "quarantine")


@dataclass(frozen=True)
class Background:
    """What stands behind every case of one hour.

    Attributes:
        sides: finding → observed, expected, owner and delta units in the hour.
        readings: (key_id, mirror) → what the mirror shows.
        gaps: (key_id, mirror) → by how much it is off.
        spells: finding → the times it was open, oldest first; only of those that came back.
        drift_rate: share of active items that drift; None: not known.
    """

    settings: Settings
    hour_at: datetime
    sides: Mapping[str, Mapping[str, int | None]]
    readings: Mapping[tuple[int, str], int]
    gaps: Mapping[tuple[int, str], int]
    spells: Mapping[str, Sequence[Spell]] = field(default_factory=dict)
    drift_rate: float | None = None

    @property
    def zone(self) -> ZoneInfo:
        return self.settings.business.zone

    @property
    def is_drifting(self) -> bool:
        """Return whether more items drift than single mistakes explain (DIA-07)."""
        return (self.drift_rate or 0.0) > self.settings.structural.drift_rate


def build_background(
    settings: Settings,
    hour_at: datetime,
    *,
    cases: pl.DataFrame,
    sides: pl.DataFrame,
    readings: pl.DataFrame,
    spells: pl.DataFrame,
    drift: pl.DataFrame,
) -> Background:
    """Put the frames of one hour where each case finds its own."""
    gaps = cases.filter(pl.col("kind") == "gap").select("key_id", "mirror", "delta_units")
    return Background(
        settings=settings,
        hour_at=hour_at,
        sides={row["finding_id"]: row for row in sides.iter_rows(named=True)},
        readings={(r["key_id"], r["mirror"]): r["units"] for r in readings.iter_rows(named=True)},
        gaps={(key, mirror): delta or 0 for key, mirror, delta in gaps.iter_rows()},
        spells=_group_spells(spells),
        drift_rate=drift["drift_rate"][0] if drift.height else None,
    )


def _group_spells(frame: pl.DataFrame) -> dict[str, list[Spell]]:
    grouped: dict[str, list[Spell]] = defaultdict(list)
    for row in frame.iter_rows(named=True):
        grouped[row["finding_id"]].append(Spell(row["opened_at"], row["last_at"]))
    return grouped


def tell(
    verdicts: Sequence[Verdict], keys: Sequence[int], behind: Background
) -> list[dict[str, Any]]:
    """Return what each verdict's row says beside the verdict: verdict, evidence, sentence."""
    changes = next((v.case.changes for v in verdicts if v.case.changes), ()) or ()
    returned = {
        v.case.finding_id: change
        for v in verdicts
        if (change := _find_change(v, changes, behind)) is not None
    }
    around = _look_around(behind, frozenset(returned))
    signs = find_signs(verdicts, around)
    return [
        _tell_one(verdict, key, behind, signs.get(verdict.case.mirror, Signs()), returned)
        for verdict, key in zip(verdicts, keys, strict=True)
    ]


def _find_change(verdict: Verdict, changes: Sequence[Change], behind: Background) -> Change | None:
    case, systems = verdict.case, behind.settings.systems
    hubs = [name for name, system in systems.items() if system.role == "middleware"]
    spells = behind.spells.get(case.finding_id, ())
    return find_return_change(spells, changes, (case.mirror, case.owner, *hubs))


def _look_around(behind: Background, returned: frozenset[str]) -> Surroundings:
    roles = {name: str(system.role) for name, system in behind.settings.systems.items()}
    compared = {mirror for _, mirror in behind.readings}
    return Surroundings(
        zone=behind.zone,
        roles=roles,
        returned=returned,
        channels=frozenset(name for name in compared if roles.get(name) in CHANNELS),
    )


def _tell_one(
    verdict: Verdict, key: int, behind: Background, signs: Signs, returned: Mapping[str, Change]
) -> dict[str, Any]:
    case = verdict.case
    responsible = find_responsible(behind.settings, owner=case.owner, mirror=case.mirror)
    evidence = build_exhibit(
        verdict, behind.sides.get(case.finding_id, {}), zone=behind.zone, responsible=responsible
    )
    evidence |= _mark(verdict, behind, returned.get(case.finding_id))
    evidence["plan"] = render_plan(plan_case(verdict, key, behind))
    evidence["signs"] = {
        "integration": list(signs.integration), "process": list(signs.process), "lean": signs.lean,
    }  # fmt: skip
    return {
        "verdict": find_lean(verdict, signs),
        "evidence": json.dumps(evidence, ensure_ascii=False, sort_keys=True),
        "sentence": render_sentence(evidence),
    }


def _mark(verdict: Verdict, behind: Background, change: Change | None) -> dict[str, Any]:
    """Return what must be said beside the cause; nothing where nothing must."""
    marks: dict[str, Any] = {}
    days = count_days_running(behind.spells.get(verdict.case.finding_id, ()), behind.zone)
    if days >= DAYS_RUNNING:
        marks |= {"is_design_fault": True, "returns": days}
    if change is not None:
        marks["returned_after"] = {
            "at": change.at.isoformat(),
            "local": f"{change.at.astimezone(behind.zone):%Y-%m-%d %H:%M %Z}",
            "system": change.system,
            "kind": change.kind,
            "subject": change.subject,
        }
    if behind.is_drifting and _is_by_people(verdict):
        marks |= {"is_masking": True, "drift_rate": round(behind.drift_rate or 0.0, 6)}
    return marks


def _is_by_people(verdict: Verdict) -> bool:
    named = {CAUSES[claim.cause].fix_class for claim in verdict.claims}
    return bool(named) and named <= set(BY_PEOPLE)


def find_lean(verdict: Verdict, signs: Signs) -> str:
    """Return integration, process, mixed or unknown.

    A cause that is at least likely decides. One that is only possible, or none, does not
    outvote the signs over all gaps of the mirror.
    """
    leans = {CAUSES[claim.cause].lean for claim in verdict.claims} - {"none"}
    named = "mixed" if len(leans) > 1 else next(iter(leans), "unknown")
    return named if is_named(verdict) or signs.lean == "unknown" else signs.lean


def plan_case(verdict: Verdict, key: int, behind: Background) -> Plan:
    """Take the ordered plan for one gap."""
    case, systems = verdict.case, behind.settings.systems
    system = systems.get(case.mirror)
    facts = [name for name in case.rule.names if name in behind.settings.facts]
    return build_plan(
        Inquiry(
            mirror=case.mirror,
            owner=case.owner,
            role=system.role if system else "",
            delta=case.delta,
            owners={name: tuple(behind.settings.facts[name].owners) for name in facts},
            trigger=system.sync.trigger if system else "event",
            every=system.sync.every if system else None,
            at=case.points[-1].at if case.points else None,
            until=behind.hour_at + HOUR,
            max_age=system.max_age if system else timedelta(),
            books=_find_books(case.mirror, case.owner, key, behind),
            layers=tuple((c.cause, CAUSES[c.cause].layer) for c in verdict.claims),
            messages=None if case.messages is None else len(case.messages),
            troubled=count_troubled(case.messages or ()),
            order=_find_order(case.fact, facts, behind.settings),
        )
    )


def _find_books(mirror: str, owner: str, key: int, behind: Background) -> tuple[Book, ...]:
    names = dict.fromkeys(m.system for m in behind.settings.mirrors)
    books = [
        name
        for name in names
        if name not in {mirror, owner} and behind.settings.systems[name].role in BOOKS
    ]
    return tuple(
        Book(name, behind.readings.get((key, name)), behind.gaps.get((key, name), 0))
        for name in books
    )


def _find_order(fact: str, facts: Sequence[str], settings: Settings) -> Sequence[Any]:
    """Return the steps that the fact itself asks for, else the first fact of its rule (C7)."""
    for name in (fact, *facts):
        if name in settings.facts and settings.facts[name].diagnosis_order:
            return settings.facts[name].diagnosis_order
    return ORDER

"""One item end to end: every system's number in order, where it goes wrong first, and why."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inventory_pipeline.config.models import Settings
from inventory_pipeline.diagnose.checklist import Checklist, Logs, build_checklist
from inventory_pipeline.diagnose.indicators import CHANNELS
from inventory_pipeline.diagnose.plan import BOOKS, Check
from inventory_pipeline.diagnose.trace import Reading, Trace, build_traces
from inventory_pipeline.errors import NoDataError
from inventory_pipeline.model.hours import compute_key
from inventory_pipeline.store.queries import load_query
from inventory_pipeline.store.warehouse import Warehouse
from inventory_pipeline.wiring.explain import check_item, check_started, find_newest_hour
from inventory_pipeline.wiring.house import House

TOLD = ("movements", "levels")


@dataclass(frozen=True)
class Journey:
    """One item through all systems at one hour.

    Attributes:
        authority: facts without exactly one owner: nothing below them can be judged.
        traces: one a place.
        diagnoses: finding → its row of contract.diagnoses in that hour.
        checklists: one for each channel that shows none of what the books hold.
    """

    sku: str
    hour_at: datetime
    authority: tuple[Check, ...]
    traces: tuple[Trace, ...]
    diagnoses: dict[str, dict[str, Any]]
    checklists: tuple[Checklist, ...]

    @property
    def needs_a_person(self) -> bool:
        return bool(self.authority or self.checklists or any(t.failure for t in self.traces))

    def explain(self, each: Trace) -> str:
        """Return why a place's first gap is there; empty where nothing is off or nobody knows."""
        row = self.diagnoses.get(each.failure.finding_id) if each.failure else None
        return str(row["sentence"]) if row else ""

    def find_suspect(self, each: Trace) -> str:
        """Return where to look first: what diagnosis suspects, else the handoff that fails."""
        if each.failure is None:
            return ""
        row = self.diagnoses.get(each.failure.finding_id)
        suspect = json.loads(row["evidence"]).get("plan", {}).get("suspect", "") if row else ""
        if each.is_middleware_case and suspect in ("", "middleware"):
            return "middleware"
        if suspect in ("mirror", "owner", "shelf", "trigger"):
            return f"{suspect} of {each.failure.system}" if suspect == "trigger" else str(suspect)
        return f"handoff to {each.failure.system}"


def trace(house: House, sku: str, *, hour_at: datetime | None) -> Journey:
    """Follow one item through every system at one hour (default: the newest).

    Raises:
        NoDataError: no hour was run, nobody ever named the item, or nothing is stored of it.
    """
    check_started(house)
    with house.warehouse() as warehouse:
        hour = hour_at or find_newest_hour(warehouse)
        check_item(warehouse, sku)
        rows = {name: _ask(warehouse, name, sku, hour) for name in _QUERIES}
        told = _ask_logs(warehouse, sku, hour)
    authority = find_broken_facts(house.settings)
    traces = build_traces(
        rows["facts"],
        rows["comparisons"],
        [f for f in rows["findings"] if f["state"] == "open" and f["kind"] != "stockout"],
        house.settings,
    )
    if not traces and not authority:
        raise NoDataError(f"nothing is stored of {sku!r} for {compute_key(hour)}")
    return Journey(
        sku=sku,
        hour_at=hour,
        authority=authority,
        traces=tuple(traces),
        diagnoses={row["finding_id"]: row for row in rows["diagnoses"]},
        checklists=tuple(list_checklists(traces, told, house.settings)),
    )


_QUERIES = ("facts", "comparisons", "findings", "diagnoses")


def find_broken_facts(settings: Settings) -> tuple[Check, ...]:
    """Return a failed step for every fact of a mirror's rule that has not one owner."""
    checks = []
    for name, fact in settings.facts.items():
        owners = fact.owners
        if len(owners) > 1:
            because = f"{name} has {len(owners)} owners: {', '.join(owners)}; keep one"
            checks.append(Check("authority", "fail", because))
        elif not owners:
            checks.append(Check("authority", "fail", f"{name} has no owner; name one"))
    return tuple(checks)


def _ask(warehouse: Warehouse, name: str, sku: str, hour: datetime) -> list[dict[str, Any]]:
    query = load_query("wiring", f"explain_{name}")
    return warehouse.query(query, sku=sku, location=None, hour_at=hour).to_dicts()


@dataclass(frozen=True)
class _Told:
    rows: list[dict[str, Any]]
    messages: list[dict[str, Any]]
    feeds: set[tuple[str, str]]


def _ask_logs(warehouse: Warehouse, sku: str, hour: datetime) -> _Told:
    names = {"sku": sku, "hour_at": hour}
    feeds = warehouse.query(load_query("wiring", "trace_feeds"), hour_at=hour)
    return _Told(
        rows=warehouse.query(load_query("wiring", "trace_told"), **names).to_dicts(),
        messages=warehouse.query(load_query("wiring", "trace_messages"), **names).to_dicts(),
        feeds=set(feeds.iter_rows()),
    )


def list_checklists(traces: list[Trace], told: _Told, settings: Settings) -> list[Checklist]:
    """Return the four layers for every channel that shows none of what the books hold."""
    found = []
    for each in traces:
        held = [r for r in each.readings if r.role in BOOKS and (r.units or 0) > 0]
        empty = [r for r in each.readings if r.role in CHANNELS and r.units == 0]
        erp = next((r for r in each.readings if r.role == "erp"), None)
        for channel in empty if held else ():
            logs = _gather(channel, erp, each.location_id, told, settings)
            found.append(build_checklist(channel.system, each.location_id, logs))
    return found


def _gather(
    channel: Reading, erp: Reading | None, place: str, told: _Told, settings: Settings
) -> Logs:
    books = next((n for n, s in settings.systems.items() if s.role == "erp"), "")
    return Logs(
        told=_list_told(channel.system, place, told),
        messages=(
            [m for m in told.messages if m["location_id"] == place]
            if any(feed == "events" for _, feed in told.feeds)
            else None
        ),
        intake=_list_told(books, place, told),
        erp=books,
        posted_units=erp.units if erp else None,
        wanted_units=erp.expected if erp else None,
    )


def _list_told(system: str, place: str, told: _Told) -> list[dict[str, Any]] | None:
    if not any((system, feed) in told.feeds for feed in TOLD):
        return None
    return [
        {"id": r["id"], "kind": r["kind"], "at": r["moved_at"], "reference_id": r["reference_id"]}
        for r in told.rows
        if r["system"] == system and r["location_id"] == place
    ]

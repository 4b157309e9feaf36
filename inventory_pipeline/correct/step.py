"""Correct, the step: proposals and count tasks of one hour, and what the assistant may do.

Everything is written into the journal, once. What leaves is the minute worker's business.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from inventory_pipeline.config.models import Settings
from inventory_pipeline.correct import correction, policy, queue
from inventory_pipeline.correct.addresses import AddressBook, build_book
from inventory_pipeline.correct.closing import close_tasks
from inventory_pipeline.correct.observed import confirm_observed
from inventory_pipeline.correct.propose import describe_proposals, find_tasks
from inventory_pipeline.correct.shadow import judge_shadows
from inventory_pipeline.correct.situation import load_situation
from inventory_pipeline.correct.telling import find_receives, tell
from inventory_pipeline.model.catalog import Catalog
from inventory_pipeline.model.delivery import DeliveryClass
from inventory_pipeline.model.quantities import ON_HAND
from inventory_pipeline.store.journal import Journal, read_instant, write_instant
from inventory_pipeline.store.queries import load_query
from inventory_pipeline.store.warehouse import DuckWarehouse, Warehouse

logger = logging.getLogger(__name__)

Row = dict[str, Any]
# Counts that were read this long after a correction was confirmed show it.
SHOWN_AFTER = timedelta(hours=1)


@dataclass(frozen=True)
class Proposed:
    """How much one hour asks for; what was asked before is not asked again.

    Attributes:
        fixed: corrections that the assistant put into the queue.
        told: receipts for movements that systems hear of from us.
    """

    proposals: int
    tasks: int
    fixed: int = 0
    told: int = 0


def run(
    warehouse: DuckWarehouse,
    journal: Journal,
    settings: Settings,
    catalog: Catalog,
    *,
    hour_at: datetime,
    now: datetime,
    receivers: Mapping[str, DeliveryClass] | None = None,
    is_first: bool = False,
) -> Proposed:
    """Propose for the hour; running it twice adds nothing.

    Args:
        receivers: the systems that can be written to, and what each offers (A2).
        is_first: the hour was never done before; filled in late, its movements are still told.
    """
    seen = warehouse.query(load_query("correct", "load_sightings"), hour_at=hour_at)
    bins = _load_bins(warehouse, settings, catalog, hour_at)
    situation = load_situation(
        warehouse, journal, settings, receivers or {}, hour_at=hour_at, now=now
    )
    gaps = warehouse.query(load_query("correct", "load_gaps"), hour_at=hour_at).to_dicts()
    gaps = _count_tries(journal, _drop_corrected(journal, gaps), hour_at)
    rulings = policy.decide(gaps, situation, settings.assistant)
    is_newest, book = _is_newest(warehouse, hour_at), build_book(settings, catalog)
    proposals = [
        row if is_newest or row["decision"] != "auto" else {**row, "decision": "flagged"}
        for row in describe_proposals(gaps, rulings)
    ]
    fixed = told = 0
    with journal.transaction():
        if is_newest:
            confirm_observed(warehouse, journal, hour_at=hour_at, now=now)
            judge_shadows(journal, gaps)
        # What an older hour asks for, later ones have asked for anew, or not any more.
        new = _write_proposals(journal, proposals, hour_at) if is_newest else 0
        asked = _insert_tasks(journal, find_tasks(seen, bins), now)
        if is_newest:
            fixed = _fix(journal, proposals, book, now)
            if "all" not in situation.brakes:
                _hold(journal, rulings, now)
            close_tasks(warehouse, journal, hour_at=hour_at, now=now)
        if is_newest or is_first:
            told = _tell(warehouse, journal, settings, book, hour_at, now)
    logger.info(
        "proposed hour=%s proposals=%d tasks=%d fixed=%d told=%d",
        hour_at.isoformat(), new, asked, fixed, told,
    )  # fmt: skip
    return Proposed(new, asked, fixed, told)


def _tell(
    warehouse: Warehouse,
    journal: Journal,
    settings: Settings,
    book: AddressBook,
    hour_at: datetime,
    now: datetime,
) -> int:
    """Tell systems of the owner's movements that they receive from us."""
    receives = find_receives(settings)
    if not receives or ON_HAND not in settings.facts:
        return 0
    fact = settings.facts[ON_HAND]
    owners = sorted({*fact.owners, *(scope.owner for scope in fact.scopes)})
    movements = warehouse.query(
        load_query("correct", "load_told_movements"),
        hour_at=hour_at, owners=owners, kinds=sorted(receives),
    )  # fmt: skip
    return tell(journal, movements.to_dicts(), receives, book, now=now)


def _is_newest(warehouse: Warehouse, hour_at: datetime) -> bool:
    """Nothing is changed by what an hour says that later hours have followed."""
    later = warehouse.query(load_query("correct", "find_later_cycle"), hour_at=hour_at)
    return later.is_empty()


def _drop_corrected(journal: Journal, gaps: list[Row]) -> list[Row]:
    """Leave out numbers that were corrected after they were read: they are no news."""
    done = {
        (row["system"], row["fact"], row["sku"], row["location_id"]): read_instant(row["done_at"])
        for row in journal.query(load_query("correct", "find_corrected"))
    }
    if not done:
        return gaps
    never = datetime.min.replace(tzinfo=UTC)
    return [
        gap for gap in gaps
        if gap["read_at"] is None
        or done.get((gap["system"], gap["fact"], gap["sku"], gap["location_id"]), never)
        <= gap["read_at"]
    ]  # fmt: skip


def _count_tries(journal: Journal, gaps: list[Row], hour_at: datetime) -> list[Row]:
    rows = journal.query(load_query("correct", "count_tries"), gave_way=queue.GAVE_WAY)
    tries = {row["finding_id"]: row for row in rows}
    none = {"tries": 0, "in_vain": 0, "confirmed_at": None}
    return [count_tries_of(gap, tries.get(gap["finding_id"], none), hour_at) for gap in gaps]


def count_tries_of(gap: Row, tried: Row, hour_at: datetime) -> Row:
    """Add what came of earlier corrections; undone: one was confirmed and the gap stands."""
    undone = False
    if tried["confirmed_at"]:
        confirmed_at = read_instant(tried["confirmed_at"])
        undone = gap["opened_at"] < confirmed_at <= hour_at - SHOWN_AFTER
    return {**gap, "tries": tried["tries"], "in_vain": tried["in_vain"], "undone": undone}


def _fix(journal: Journal, proposals: list[Row], book: AddressBook, now: datetime) -> int:
    """Put the assistant's own corrections into the queue, each with its decision."""
    fixed = 0
    # What a person decided stays decided, however sure the assistant is by now.
    own = {
        row["proposal_id"]
        for row in journal.query("select proposal_id from proposals where decision = 'auto'")
    }
    for proposal in proposals:
        if proposal["decision"] != "auto" or proposal["proposal_id"] not in own:
            continue
        receipt_id, trouble = correction.correct(
            journal, proposal, book, decided_by=correction.ASSISTANT, now=now
        )
        fixed += bool(receipt_id)
        if not receipt_id:
            journal.execute(
                "update proposals set decision = 'flagged', reason = reason || '; ' || :trouble "
                "where proposal_id = :proposal_id and receipt_id = ''",
                trouble=trouble, proposal_id=proposal["proposal_id"],
            )  # fmt: skip
    return fixed


def _hold(journal: Journal, rulings: list[policy.Ruling], now: datetime) -> None:
    """Stop every correction until a person has looked, where one run wanted too many."""
    held = [ruling for ruling in rulings if ruling.is_storm]
    if held:
        queue.pull_brake(journal, "all", f"{held[0].reasons[0]} ({now:%Y-%m-%d %H:%MZ})", now=now)


def _load_bins(
    warehouse: Warehouse, settings: Settings, catalog: Catalog, hour_at: datetime
) -> pl.DataFrame:
    """Return the owner's bins, and the catalogue's bin for items whose owner names none."""
    owners = settings.facts[ON_HAND].owners if ON_HAND in settings.facts else []
    told = warehouse.query(
        load_query("correct", "load_bins"), hour_at=hour_at, owners=owners, fact=ON_HAND
    )
    told = told.select("sku", "location_id", "bin", "units")
    listed = catalog.items.filter(pl.col("bin") != "").select("sku", "bin")
    if listed.is_empty():
        return told
    keys = warehouse.query(load_query("ingest", "load_keys")).select("sku", "location_id")
    named = (
        keys.join(listed, on="sku", how="inner", validate="m:1")
        .join(told, on=["sku", "location_id"], how="anti")
        .with_columns(units=pl.lit(None, pl.Int64))
    )
    return pl.concat([told, named.select(told.columns)])


def _write_proposals(journal: Journal, rows: list[Row], hour_at: datetime) -> int:
    """Write proposals; what was decided stays, and an older target of a finding is superseded."""
    at = write_instant(hour_at)
    standing = {
        row["proposal_id"]: row
        for row in journal.query(
            "select proposal_id, finding_id, decision, reason, cause from proposals "
            "where decision in ('flagged', 'suspended')"
        )
    }
    # Most gaps stand for many hours and ask for the same in each.
    changed = [row for row in rows if _is_news(row, standing.get(row["proposal_id"]))]
    had = {row["finding_id"] for row in standing.values()}
    journal.execute_many(
        "update proposals set decision = 'superseded' where finding_id = :finding_id "
        "and proposal_id <> :proposal_id and decision in ('flagged', 'suspended')",
        [row for row in changed if row["finding_id"] in had],
    )
    new = journal.execute_many(
        load_query("correct", "write_proposal"), [{**row, "hour_at": at} for row in changed]
    )
    return new if not had else sum(row["proposal_id"] not in standing for row in changed)


def _is_news(row: Row, before: Row | None) -> bool:
    return before is None or any(
        row[name] != before[name] for name in ("decision", "reason", "cause")
    )


def _insert_tasks(journal: Journal, rows: list[Row], now: datetime) -> int:
    return journal.execute_many(
        load_query("correct", "write_task"),
        [{**row, "created_at": write_instant(now)} for row in rows],
    )

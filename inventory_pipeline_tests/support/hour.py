"""An hour's proposals without an hour: gaps in, the real rules, decisions and receipts out."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from inventory_pipeline.config.policy import Assistant
from inventory_pipeline.correct import policy, step
from inventory_pipeline.correct.addresses import Address
from inventory_pipeline.correct.policy import Situation
from inventory_pipeline.correct.propose import describe_proposals
from inventory_pipeline.correct.situation import REST
from inventory_pipeline.model.delivery import DeliveryClass
from inventory_pipeline.store.journal import Journal, write_instant
from inventory_pipeline.store.queries import load_query
from inventory_pipeline_tests.support.receiver import Place

CAUSE = "movement_dropped"


class Gap(NamedTuple):
    """A mirror shows ``shown``, which is ``off`` too many; ``record`` proves why."""

    owner: str
    system: str
    place: Place
    shown: int
    off: int
    is_proven: bool
    record: str = ""

    def describe(self, now: datetime) -> dict[str, Any]:
        """Return the row that diagnosing an hour makes of it."""
        sku, location_id, fact = self.place
        return {
            "finding_id": f"F-{self.system}-{sku}", "system": self.system, "sku": sku,
            "location_id": location_id, "fact": fact, "owner": self.owner,
            "owner_units": self.shown - self.off, "before_units": self.shown,
            "expected_units": self.shown - self.off, "delta_units": self.off, "recurrence": 1,
            "opened_at": now, "cause": CAUSE, "is_proven": self.is_proven, "confidence": 1.0,
            "evidence": json.dumps({"records": [{"id": self.record}]}),
            "unexplained_units": 0, "correction_units": -self.off,
            "target_units": self.shown - self.off, "tries": 0, "in_vain": 0,
        }  # fmt: skip


class SameBook:
    """Every system calls our items as we do."""

    def find(self, _system: str, sku: str, place: str, _now: datetime) -> tuple[Address, str]:
        return Address(sku, place), ""


def propose(
    journal: Journal,
    gaps: Sequence[Gap],
    receivers: Mapping[str, DeliveryClass],
    *,
    now: datetime,
) -> list[str]:
    """Judge gaps as an hour does; return the receipts that the assistant made."""
    rows = [gap.describe(now) for gap in gaps]
    with journal.transaction():
        situation = read_situation(journal, gaps, receivers, now=now)
        proposals = describe_proposals(
            rows, policy.decide(rows, situation, Assistant(mode="limited"))
        )
        step._write_proposals(journal, proposals, now)
        step._fix(journal, proposals, SameBook(), now)  # type: ignore[arg-type]
    ids = {proposal["proposal_id"] for proposal in proposals}
    made = journal.query("select receipt_id, proposal_id from receipts order by receipt_id")
    return [row["receipt_id"] for row in made if row["proposal_id"] in ids]


def read_situation(
    journal: Journal,
    gaps: Sequence[Gap],
    receivers: Mapping[str, DeliveryClass],
    *,
    now: datetime,
) -> Situation:
    """Return what the assistant knows: of the journal what is there, of the rest the best."""
    lately = journal.query(
        load_query("correct", "find_fixed_lately"), since=write_instant(now - REST)
    )
    moving = journal.query(load_query("correct", "find_in_flight"))
    brakes = journal.query("select scope, reason from brakes where released_at is null")
    systems = {*receivers, *(gap.owner for gap in gaps)}
    return Situation(
        active_skus=400, drift_rate=0.0, max_drift_rate=0.02, receivers=receivers,
        writable=frozenset((gap.system, gap.place[2]) for gap in gaps),
        states=dict.fromkeys(systems, "complete"), runs=dict.fromkeys(systems, 9),
        fixed_lately=frozenset(row["sku"] for row in lately),
        brakes={row["scope"]: row["reason"] for row in brakes},
        in_flight=frozenset(
            (row["system"], row["fact"], row["sku"], row["location_id"]) for row in moving
        ),
    )  # fmt: skip

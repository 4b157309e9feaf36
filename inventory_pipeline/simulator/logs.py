"""Logs of what is between the systems: events, runs, settings and documents."""

from collections.abc import Iterator, Sequence

from inventory_pipeline.simulator.configuration import Setting
from inventory_pipeline.simulator.exports import Clerk
from inventory_pipeline.simulator.middleware import Message, Run
from inventory_pipeline.simulator.shop import Document
from inventory_pipeline.simulator.tables import Cell, render_instant

EVENTS = (
    "event_id", "path", "item_id", "location_id", "operation", "quantity", "emitted_at",
    "received_at", "processed_at", "attempt", "idempotency_key", "sequence", "status", "mapping",
    "mapping_changed_at", "reference_id",
)  # fmt: skip
SYNCS = ("path", "started_at", "finished_at", "status", "rows")
CHANGES = ("changed_at", "system", "kind", "subject", "before", "after", "actor")
DOCUMENTS = ("fact", "entity_id", "value", "as_of", "status")


def render_events(clerk: Clerk, messages: Sequence[Message]) -> bytes:
    """Return the middleware's event log; it calls items and places what we call them."""
    return clerk.render("events", EVENTS, (_render_message(each, clerk) for each in messages))


def _render_message(each: Message, clerk: Clerk) -> tuple[Cell, ...]:
    processed_at = render_instant(each.processed_at) if each.processed_at else None
    return (
        each.event_id, each.path, *clerk.name(each.key), each.operation, each.units,
        render_instant(each.emitted_at), render_instant(each.received_at), processed_at,
        each.attempt, each.idempotency_key, each.sequence, each.status, each.mapping,
        render_instant(each.mapping_changed_at), each.reference_id,
    )  # fmt: skip


def render_syncs(clerk: Clerk, runs: Sequence[Run]) -> bytes:
    """Return the runs of the batch paths."""
    rows: Iterator[tuple[Cell, ...]] = (
        (run.path, render_instant(run.started_at), render_instant(run.finished_at), "ok", run.rows)
        for run in runs
    )
    return clerk.render("syncs", SYNCS, rows)


def render_changes(clerk: Clerk, settings: Sequence[Setting]) -> bytes:
    """Return the changes of this system's settings."""
    rows: Iterator[tuple[Cell, ...]] = (
        (
            render_instant(each.changed_at), each.system, each.kind, each.subject,
            each.before, each.after, each.actor,
        )
        for each in settings
    )  # fmt: skip
    return clerk.render("changes", CHANGES, rows)


def render_documents(clerk: Clerk, documents: Sequence[Document]) -> bytes:
    """Return facts that are no stock: bills of sets, reservations, what a bin was counted at."""
    rows: Iterator[tuple[Cell, ...]] = (
        (fact, entity_id, value, render_instant(at), status)
        for fact, entity_id, value, at, status in documents
    )
    return clerk.render("documents", DOCUMENTS, rows)

"""The outbox of an installation: who can be written to, one pass of the worker, decisions."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from inventory_pipeline.correct import approvals
from inventory_pipeline.correct.addresses import build_book
from inventory_pipeline.correct.approvals import Approved, Rules
from inventory_pipeline.correct.deliver import Delivered, Worker, run_pass
from inventory_pipeline.correct.handover import Verdict, settle_by_hand
from inventory_pipeline.correct.seals import find_altered
from inventory_pipeline.correct.situation import find_writable
from inventory_pipeline.errors import ConfigError, StoreDamagedError
from inventory_pipeline.model.delivery import DeliveryClass, Writer
from inventory_pipeline.store import audit
from inventory_pipeline.store.journal import Journal, write_instant
from inventory_pipeline.store.queries import load_query
from inventory_pipeline.wiring.house import House


def build_writers(house: House) -> dict[str, Writer]:
    """Return the writing side of every system that corrections may set."""
    names = [name for name, system in house.settings.systems.items() if system.writes]
    found = {name: house.build_writer(name) for name in names}
    return {name: writer for name, writer in found.items() if writer is not None}


def find_receivers(house: House) -> dict[str, DeliveryClass]:
    """Return what each system that can be written to offers against doubled effects."""
    return {name: writer.delivery_class for name, writer in build_writers(house).items()}


def deliver(house: House, *, crash_at: Callable[[str], None] = lambda _point: None) -> Delivered:
    """Run one pass of the worker. Safe beside another one, and after one that died.

    Raises:
        StoreDamagedError: the journal was altered or lost its end; nothing is sent then.
    """
    writers = build_writers(house)
    with house.journal() as journal:
        journal.crash_at = crash_at
        check_chain(house, journal)
        refused = approvals.release(journal, build_rules(house), now=house.clock.now())
        worker = Worker(journal, house.holder, house.clock.now, crash_at=crash_at)
        try:
            done = run_pass(worker, writers)
            # Added, not updated: a sum keeps no zeros, and an idle pass has an empty tally.
            done.tally += Counter(dead=refused, for_people=refused)
            return done
        finally:
            audit.keep_head(journal, house.storage, now=house.clock.now())


def check_chain(house: House, journal: Journal) -> None:
    """Refuse to send where the audit chain does not hold.

    Raises:
        StoreDamagedError: a link was changed, or the end of the chain is gone.
    """
    trouble = find_tampering(house, journal)
    if trouble:
        raise StoreDamagedError(
            f"{trouble}; nothing is sent. Put back the newest journal, or, if this one is right, "
            f"remove {audit.HEADS_FILE} after you have looked at what it tells"
        )


def find_tampering(house: House, journal: Journal) -> str:
    """Return what in the journal is not as it was written, in words, or nothing."""
    trouble = audit.find_break(journal) or audit.find_loss(journal, house.storage)
    return trouble or find_altered(journal)


def build_rules(house: House) -> Rules:
    """Return who may approve; keys that are not readable here are left out."""
    settings = house.settings.approvals
    keys = {}
    for name, person in settings.people.items():
        try:
            keys[name] = person.key.reveal(str(house.root))
        except ConfigError:
            continue  # a person's own machine knows their own key alone
    writers = build_writers(house)
    return Rules(
        people=frozenset(settings.people),
        keys=keys,
        expires_after=settings.expires_after,
        four_eyes_above=settings.four_eyes_above,
        writable=frozenset(
            (system, fact) for system, fact in find_writable(house.settings) if system in writers
        ),
    )


def approve(house: House, proposal_id: str, *, by: str) -> Approved:
    """Take a person's yes to a proposal."""
    book = build_book(house.settings, house.catalog)
    rules = build_rules(house)
    with house.journal() as journal:
        check_chain(house, journal)
        done = approvals.approve(journal, proposal_id, book, rules, by=by, now=house.clock.now())
        audit.keep_head(journal, house.storage, now=house.clock.now())
    return done


def reject(house: House, proposal_id: str, *, by: str, reason: str) -> None:
    """Take a person's no to a proposal."""
    rules = build_rules(house)
    with house.journal() as journal:
        approvals.reject(journal, proposal_id, rules, by=by, reason=reason, now=house.clock.now())
        audit.keep_head(journal, house.storage, now=house.clock.now())


def resume(house: House, scope: str, *, by: str) -> int:
    """Release the brakes of a system, or of everything; return how many there were.

    Raises:
        UsageError: this person may not decide.
    """
    rules, now = build_rules(house), house.clock.now()
    with (
        house.journal() as journal,
        approvals.auditing(journal, "resume_refused", scope, by=by, now=now),
    ):
        approvals.check_person(rules, by)
        released = journal.execute(
            load_query("correct", "release_brakes"), scope=scope, by=by, at=write_instant(now)
        )
        if released:
            audit.append(journal, "resume", scope, {"by": by}, now=now)
    return released


def settle(house: House, receipt_id: str, verdict: Verdict, *, by: str, reason: str) -> str:
    """Take a person's word about a receipt that is uncertain or dead."""
    rules, now = build_rules(house), house.clock.now()
    with house.journal() as journal:
        check_chain(house, journal)
        approvals.check_person(rules, by)
        state = settle_by_hand(journal, receipt_id, verdict, by=by, reason=reason, now=now)
        audit.keep_head(journal, house.storage, now=now)
    return state


def count_due(journal: Journal, *, now: datetime) -> int:
    """Return how many receipts may leave, or be looked at again, now."""
    [row] = journal.query(load_query("correct", "count_due"), now=write_instant(now))
    return int(row["due"])

"""A shift: one process at work on some hours, alone, and the steps it may take.

It holds the lease, and every hour it takes on stands in the journal's run ledger as started,
then as done or failed, whatever happens. The command line and Dagster work the same shift.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from inventory_pipeline.connectors.heartbeat import HeartbeatPing
from inventory_pipeline.correct import step as correct
from inventory_pipeline.correct.step import Proposed
from inventory_pipeline.diagnose import step as diagnose
from inventory_pipeline.diagnose.step import Diagnosed
from inventory_pipeline.errors import InventoryPipelineError, NoDataError
from inventory_pipeline.ingest import step as ingest
from inventory_pipeline.ingest.batch import FeedResult
from inventory_pipeline.ledger import step as books
from inventory_pipeline.ledger.step import Posted
from inventory_pipeline.model.hours import HOUR, compute_key
from inventory_pipeline.reconcile import step as reconcile
from inventory_pipeline.reconcile.cycle import Cycle
from inventory_pipeline.report import heartbeat
from inventory_pipeline.store import audit
from inventory_pipeline.store.queries import load_query
from inventory_pipeline.wiring import ledger
from inventory_pipeline.wiring.house import House
from inventory_pipeline.wiring.outbox import find_receivers
from inventory_pipeline.wiring.outcome import Outcome, load_outcome
from inventory_pipeline.wiring.packing import try_to_pack
from inventory_pipeline.wiring.pending import load_ours, load_pending, load_stuck

logger = logging.getLogger(__name__)

RUN_LEASE = "hourly"
# No run may last longer (Dagster ends it); then its lease is anybody's, whatever became of it.
MAX_RUNTIME = timedelta(minutes=90)
LEASE_LIFE = MAX_RUNTIME + timedelta(minutes=2)
UNFINISHED = "the run ended before the hour was reconciled"
NOTHING_PROPOSED = Proposed(proposals=0, tasks=0)
Tell = Callable[[str, datetime], None]


@dataclass(frozen=True)
class Signature:
    """What the heartbeat says of one hour: its verdict, and how much is open.

    Attributes:
        urgent: open findings that people hear of at once.
        late_by: how long after its end the hour was done.
    """

    status: str
    majors: int
    notables: int
    urgent: int
    late_by: timedelta

    @property
    def is_late(self) -> bool:
        """Return whether the next hour had ended before this one was done."""
        return self.late_by > HOUR


@dataclass
class Shift:
    """The steps of some hours; made by ``open_shift``.

    Attributes:
        may_fetch: False computes stored hours again: no fetch, no proposal, no heartbeat.
        run: the scheduler's id of this run, empty for the command line.
        tell: is called with the name of each step and its hour before it begins.
        attempts: the hours that have not ended yet, and their attempts in the ledger.
        posted: hours whose movements and paths the ledger has held together.
        failures: what went wrong, in the words of the ledger.
        before: what the hours that were begun had come to before.
    """

    house: House
    hours: tuple[datetime, ...]
    may_fetch: bool
    run: str
    tell: Tell
    attempts: dict[datetime, int]
    cycles: dict[datetime, Cycle] = field(default_factory=dict)
    posted: set[datetime] = field(default_factory=set)
    failures: list[str] = field(default_factory=list)
    before: dict[datetime, Outcome] = field(default_factory=dict)
    _held: ExitStack | None = None

    def ingest(self, system: str, hour_at: datetime) -> list[FeedResult]:
        """Land and load one system's feeds of one hour."""
        house = self.house
        with self._step(f"ingest {system}", hour_at):
            source = house.build_source(system)
            with house.warehouse() as warehouse:
                return ingest.run(
                    warehouse, house.landing, source, house.catalog,
                    hour_at=hour_at, clock=house.clock, may_fetch=self.may_fetch,
                )  # fmt: skip

    def post(self, hour_at: datetime) -> Posted:
        """Hold one hour's movements together, and look at every path of the map."""
        house = self.house
        with self._step("post", hour_at), house.warehouse() as warehouse:
            posted = books.run(warehouse, house.settings, house.catalog, hour_at=hour_at)
        self.posted.add(hour_at)
        return posted

    def reconcile(self, hour_at: datetime) -> Cycle:
        """Compare every mirror with the owner of each fact for one hour; post it first."""
        house = self.house
        if hour_at not in self.posted:
            self.post(hour_at)
        with self._step("reconcile", hour_at), house.warehouse() as warehouse:
            cycle = reconcile.run(
                warehouse, house.settings, house.catalog,
                hour_at=hour_at,
                pending=load_pending(house, hour_at), stuck=load_stuck(house, hour_at),
            )  # fmt: skip
        self.cycles[hour_at] = cycle
        return cycle

    def diagnose(self, hour_at: datetime) -> Diagnosed:
        """Say why, for every open finding of one hour."""
        house = self.house
        with self._step("diagnose", hour_at), house.warehouse() as warehouse:
            return diagnose.run(
                warehouse, house.settings, house.catalog,
                hour_at=hour_at, ours=load_ours(house, hour_at),
            )  # fmt: skip

    def propose(self, hour_at: datetime) -> Proposed:
        """Write down what each finding asks for; nothing is sent. A backfill asks for nothing."""
        if not self.may_fetch:
            return NOTHING_PROPOSED
        house = self.house
        with (
            self._step("propose", hour_at),
            house.warehouse() as warehouse,
            house.journal() as journal,
        ):
            return correct.run(
                warehouse, journal, house.settings, house.catalog,
                hour_at=hour_at, now=house.clock.now(), receivers=find_receivers(house),
                is_first=self.before[hour_at].cycle.is_empty(),
            )  # fmt: skip

    def sign(self, hour_at: datetime) -> Signature:
        """Record that the hour is done; a run, not a backfill, signs the heartbeat file too."""
        with self._step("sign", hour_at):
            signature = load_signature(self.house, hour_at)
            if self.may_fetch:
                with self.house.journal() as journal:
                    head = audit.keep_head(journal, self.house.storage, now=self.house.clock.now())
                heartbeat.write_run(
                    self.house.storage / heartbeat.FILE_NAME,
                    hour_at=hour_at,
                    cycle_status=signature.status,
                    open_majors=signature.majors,
                    open_notables=signature.notables,
                    now=self.house.clock.now(),
                    audit_head=str(head),
                )
            self._end(hour_at, details={"urgent": signature.urgent})
        return signature

    def close(self) -> None:
        """End what nobody ended: a run of some steps only, or one that another hour stopped."""
        for hour_at in list(self.attempts):
            self._end(hour_at, error="" if hour_at in self.cycles else UNFINISHED)

    @contextmanager
    def sitting(self) -> Iterator[None]:
        """Keep the warehouse open from the first step in here to the last.

        Opening it costs as much as a small step. It is opened inside of a step, so that an hour
        that cannot have it is told of as failed, with the reason.
        """
        with ExitStack() as held:
            self._held = held
            try:
                yield
            finally:
                self._held = None

    @contextmanager
    def _step(self, name: str, hour_at: datetime) -> Iterator[None]:
        """Keep three states apart: crashed, never started, ran and found nothing (ACL-04)."""
        self.tell(name, hour_at)
        try:
            if self._held is not None and not self.house.has_warehouse:
                self._held.enter_context(self.house.warehouse())
            if hour_at not in self.before:
                self.before[hour_at] = load_outcome(self.house, hour_at)
            yield
        except BaseException as error:
            is_ours = isinstance(error, InventoryPipelineError)
            self._end(hour_at, error=(str(error) if is_ours else "") or type(error).__name__)
            raise

    def _end(
        self, hour_at: datetime, *, error: str = "", details: dict[str, object] | None = None
    ) -> None:
        if error:
            logger.error("hour failed hour=%s: %s", compute_key(hour_at), error)
            self.failures.append(f"{compute_key(hour_at)}: {error}")
        run_id = self.attempts.pop(hour_at, None)
        if run_id is None:
            return
        cycle = self.cycles.get(hour_at)
        known = {"status": cycle.status, "majors": cycle.majors} if cycle else {}
        changed = {"changed": True} if self._is_changed(hour_at) else {}
        with self.house.journal() as journal:
            journal.finish_run(
                run_id,
                now=self.house.clock.now(),
                error=error,
                details={"run": self.run, **known, **(details or {}), **changed},
            )

    def _is_changed(self, hour_at: datetime) -> bool:
        """Return whether the hour came out otherwise than before, or may have."""
        before = self.before.get(hour_at)
        if before is None:
            return False
        try:
            return before.cycle.is_empty() or not before.equals(load_outcome(self.house, hour_at))
        except Exception:  # nobody can look: then it may have
            return True


@contextmanager
def open_shift(
    house: House,
    hours: Sequence[datetime],
    *,
    may_fetch: bool,
    run: str = "",
    tell: Tell = lambda _step, _hour_at: None,
) -> Iterator[Shift]:
    """Be the one process at work, on these hours; first end the attempts of those that died.

    Raises:
        StoreBusyError: another process worked for longer than ``storage.lock_wait``.
    """
    kind = ledger.RUN if may_fetch else ledger.BACKFILL
    with house.lease(RUN_LEASE, life=LEASE_LIFE):
        with house.journal() as journal:
            now = house.clock.now()
            for orphan in ledger.close_orphans(journal, now=now):
                logger.warning("closed an attempt that died hour=%s", compute_key(orphan.hour_at))
            attempts = ledger.begin(journal, hours, kind=kind, run=run, now=now)
        shift = Shift(house, tuple(hours), may_fetch, run, tell, attempts)
        with _pinged(shift):
            try:
                yield shift
            finally:
                shift.close()
        if shift.cycles:
            try_to_pack(house, max(shift.cycles))


@contextmanager
def _pinged(shift: Shift) -> Iterator[None]:
    """Tell the outside check that the shift began and how it ended; of a backfill, nothing."""
    if not shift.may_fetch:
        yield
        return
    ping = HeartbeatPing(shift.house.settings.heartbeat, root=str(shift.house.root))
    run = UUID(shift.run) if shift.run else uuid4()
    ping.start(run)
    try:
        yield
    finally:
        if shift.failures:
            ping.fail(run, "\n".join(shift.failures))
        else:
            ping.succeed(run, f"{len(shift.cycles)} hours reconciled")


def load_signature(house: House, hour_at: datetime) -> Signature:
    """Return what the heartbeat says of an hour.

    Raises:
        NoDataError: the hour was not reconciled.
    """
    with house.warehouse() as warehouse:
        rows = warehouse.query(load_query("wiring", "load_signature"), hour_at=hour_at)
    if rows.is_empty():
        raise NoDataError(f"{compute_key(hour_at)} was not reconciled: nothing can be signed")
    late_by = house.clock.now() - (hour_at + HOUR)
    return Signature(**rows.row(0, named=True), late_by=late_by)

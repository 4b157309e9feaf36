"""The sweep: what processes that died left open is ended, so that nothing waits for them."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from inventory_pipeline.wiring import ledger
from inventory_pipeline.wiring.house import House
from inventory_pipeline.wiring.ledger import Attempt
from inventory_pipeline.wiring.shift import RUN_LEASE

# A run that signed for its last hour needs a moment to say so to its scheduler.
MOMENT = timedelta(minutes=1)


def sweep(house: House, runs: Iterable[str], *, bury: Callable[[str], None]) -> list[str]:
    """End the attempts of processes that died, unless somebody is at work now.

    Who holds the lease works; while we hold it nobody does. So a run that had begun its
    hours and is still called running by its scheduler is dead.

    Args:
        house: the installation.
        runs: the runs that the scheduler believes to be in progress.
        bury: is called with each of them that is dead.

    Returns:
        The dead ones.
    """
    now = house.clock.now()
    with house.journal() as journal:
        if journal.take_lease(RUN_LEASE, house.holder, now=now, life=MOMENT) is None:
            return []
        try:
            dead = [run for run in runs if _is_dead(ledger.find_attempts(journal, run), now)]
            for run in dead:
                bury(run)
            ledger.close_orphans(journal, now=now)
        finally:
            journal.drop_lease(RUN_LEASE, house.holder)
    return dead


def _is_dead(attempts: Sequence[Attempt], now: datetime) -> bool:
    """A run that has not begun any hour may yet be on its way to the lease."""
    return bool(attempts) and all(
        attempt.finished_at is None or now - attempt.finished_at > MOMENT for attempt in attempts
    )

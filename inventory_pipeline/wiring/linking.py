"""Linking: an hour rests on the hours before it, in whatever order they were run.

A finding goes on, comes back or ends by what earlier hours told, and a snapshot is judged beside
the one before it. When an earlier hour comes out otherwise after a later one was done, the later
one is computed again, from landing and without a fetch, as a backfill does. Hours run in order,
and hours that come out the same, ask for nothing.
"""

import itertools
import logging

from inventory_pipeline.errors import InventoryPipelineError
from inventory_pipeline.model.hours import compute_key
from inventory_pipeline.wiring import ledger
from inventory_pipeline.wiring.hourly import HourResult, run_hour
from inventory_pipeline.wiring.house import House

logger = logging.getLogger(__name__)


def link(house: House, *, most: int | None = None) -> list[HourResult]:
    """Compute again, oldest first, the hours that rest on what is no longer so.

    An hour that cannot be computed stays failed in the run ledger, for a person; the others
    are linked all the same.

    Args:
        house: the installation.
        most: how many hours at once; the rest is left to the next call. Default: all.

    Returns:
        The hours that were computed again.
    """
    linked = []
    for _ in itertools.islice(itertools.count(), most):
        # Asked anew each time: an hour that now comes out otherwise has later ones, too.
        with house.journal() as journal:
            hours = ledger.find_unlinked(journal)
        if not hours:
            break
        try:
            linked.append(run_hour(house, hours[0], may_fetch=False))
        except InventoryPipelineError as error:
            logger.warning("hour was not linked hour=%s: %s", compute_key(hours[0]), error)
    if linked:
        logger.info("linked hours=%d", len(linked))
    return linked

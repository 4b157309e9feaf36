"""What a run has beside its steps: a shift that lasts as long as it does, and nothing to set."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from inventory_pipeline.defs.partitions import BACKFILL_TAG, read_hours
from inventory_pipeline.errors import InventoryPipelineError
from inventory_pipeline.wiring.house import House
from inventory_pipeline.wiring.linking import link
from inventory_pipeline.wiring.shift import Shift, Tell, open_shift

SHIFT = "shift"
# A long backlog is worked off without holding up the next hour.
MOST_LINKED = 48


def tell_nobody(_step: str, _hour_at: object) -> None:
    """Listen to no step."""


def build_shift(house: House, tell: Tell = tell_nobody) -> dg.ResourceDefinition:
    """Return the shift of a run: its hours, alone at work, and what it may do.

    A backfill of the web UI computes stored hours again. Any other run may fetch; what can
    no longer be observed the ingest room refuses by itself. After a run, later hours that rest on
    what it changed are linked; after a backfill the next run does so: its own next part may be
    about to.
    """

    @dg.resource(config_schema={}, description="The lease and the run ledger around a run's hours.")
    def shift(context: dg.InitResourceContext) -> Iterator[Shift]:
        assert context.run is not None  # noqa: S101 resources of a run always have one
        tags = context.run.tags
        with open_shift(
            house,
            read_hours(tags),
            may_fetch=BACKFILL_TAG not in tags,
            run=context.run.run_id,
            tell=tell,
        ) as opened:
            yield opened
        if opened.may_fetch:
            link(house, most=MOST_LINKED)

    return shift


@contextmanager
def plainly() -> Iterator[None]:
    """Turn an error of ours into a failure whose text is the whole story."""
    try:
        yield
    except InventoryPipelineError as error:
        raise dg.Failure(description=str(error), allow_retries=False) from None


class Nowhere(dg.IOManager):
    """Keeps nothing: steps meet in tables, never in each other's return values."""

    def handle_output(self, context: dg.OutputContext, obj: object) -> None:
        """Keep nothing."""

    def load_input(self, context: dg.InputContext) -> None:
        """Give nothing."""


@dg.io_manager(config_schema={}, description="Steps meet in tables; nothing is handed over.")
def nowhere(_context: dg.InitResourceContext) -> dg.IOManager:
    """Return an IO manager that takes no path from whoever launches a run (S2)."""
    return Nowhere()


def build_console(level: int) -> dg.LoggerDefinition:
    """Return what a run prints; without options, so that nobody can redirect it (S2)."""

    @dg.logger(config_schema={}, description="The run's own lines; the web UI shows every event.")
    def console(_context: dg.InitLoggerContext) -> logging.Logger:
        handler = logging.StreamHandler()
        handler.setLevel(level)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        logger = logging.Logger("console")  # noqa: LOG001 a shared one would print lines twice
        logger.addHandler(handler)
        return logger

    return console

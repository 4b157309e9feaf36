"""Outcome: what the hours after an hour can see of it, to tell whether it came out otherwise."""

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from inventory_pipeline.store.queries import load_query
from inventory_pipeline.wiring.house import House


@dataclass(frozen=True)
class Outcome:
    """What one hour took in and what it told.

    Attributes:
        batches: every feed and what became of it; its digest stands for its rows.
        cycle: the verdict of the hour, empty before it was reconciled.
        sightings: the problems it told of.
    """

    batches: pl.DataFrame
    cycle: pl.DataFrame
    sightings: pl.DataFrame

    def equals(self, other: "Outcome") -> bool:
        """Return whether both are the same to whoever looks back at them."""
        return (
            self.cycle.equals(other.cycle)
            and self.batches.equals(other.batches)
            and self.sightings.equals(other.sightings)
        )


def load_outcome(house: House, hour_at: datetime) -> Outcome:
    """Read what the warehouse holds of an hour now."""
    with house.warehouse() as warehouse:
        return Outcome(
            batches=warehouse.query(load_query("wiring", "load_outcome_batches"), hour_at=hour_at),
            cycle=warehouse.query(load_query("wiring", "load_outcome_cycle"), hour_at=hour_at),
            sightings=warehouse.query(
                load_query("wiring", "load_outcome_sightings"), hour_at=hour_at
            ),
        )

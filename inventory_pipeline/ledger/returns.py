"""Returns: a box that never came, and stock that rose without one (RET-02, RET-03, RET-05).

Starting a return raises nothing. A refund may come first and is no fault; what stays open is.
"""

from datetime import datetime, timedelta
from typing import Any

import polars as pl

from inventory_pipeline.config.policy import Severity
from inventory_pipeline.ledger.problems import name_severity, write_details
from inventory_pipeline.model.quantities import ON_HAND

Row = dict[str, Any]
# The word of a box may come after the word of what it raised.
SETTLING = timedelta(hours=2)
# Boxes that are older are no longer waited for.
RETURN_LIFE = timedelta(days=120)


def find_open_ends(
    returns: pl.DataFrame, bands: Severity, *, due_after: timedelta, as_of: datetime
) -> list[Row]:
    """Return what of the returns is unfinished.

    Args:
        returns: rows of ``load_returns``; units are eaches.
        due_after: how long after it was announced a box may take.
    """
    rows = returns.to_dicts()
    overdue = [row for row in rows if _is_due(row, due_after, as_of)]
    early = [row for row in rows if _is_early(row, as_of)]
    return [
        *(_describe_overdue(row, bands, due_after) for row in overdue),
        *(_describe_early(row, bands) for row in early),
    ]


def _is_due(row: Row, due_after: timedelta, as_of: datetime) -> bool:
    is_open = row["arrived_units"] < row["announced_units"]
    return bool(is_open and row["announced_at"] + due_after < as_of)


def _is_early(row: Row, as_of: datetime) -> bool:
    is_more = row["raised_units"] > row["arrived_units"]
    return bool(is_more and row["raised_at"] + SETTLING < as_of)


def _describe_overdue(row: Row, bands: Severity, due_after: timedelta) -> Row:
    """The box is late: units that were announced and nobody received."""
    open_units = row["announced_units"] - row["arrived_units"]
    due_at = row["announced_at"] + due_after
    return {
        **_describe(row, bands, open_units),
        "kind": "return_overdue",
        "details": write_details({**_tell(row), "due_at": due_at, "open_units": open_units}),
    }


def _describe_early(row: Row, bands: Severity) -> Row:
    """Stock rose for a return before any box was confirmed: a fault of the order of writes."""
    early = row["raised_units"] - row["arrived_units"]
    told = {"raised_by": row["raised_by"], "raised_id": row["raised_id"], "units": early}
    return {
        **_describe(row, bands, early),
        "kind": "return_restocked_without_arrival",
        "mirror": row["raised_by"],
        "delta_units": early,
        "details": write_details({**_tell(row), **told, "fix_class": "write_order"}),
    }


def _describe(row: Row, bands: Severity, units: int) -> Row:
    severity = name_severity(
        units, minor_up_to=bands.minor_up_to, notable_up_to=bands.notable_up_to
    )
    return {
        "class": "return",
        "fact": ON_HAND,
        "key_id": row["key_id"],
        "subject": row["return_id"],
        "owner": row["system"],
        # One box is one customer's money: it is never a matter of rounding.
        "severity": "notable" if severity == "minor" else severity,
    }


def _tell(row: Row) -> Row:
    return {
        "return_id": row["return_id"],
        "announced_units": row["announced_units"],
        "announced_at": row["announced_at"],
        "arrived_units": row["arrived_units"],
    }

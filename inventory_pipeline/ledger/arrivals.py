"""Arrivals: what is wrong with transfers: nobody announced them, other units came, or rushed."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from inventory_pipeline.config.facts import Handoff
from inventory_pipeline.config.policy import Severity
from inventory_pipeline.ledger.problems import Row, name_severity, write_details

FACT = "in_transit"
CARRIED = ("transfer_out", "transfer_in", "transfer", "in_transit", "incoming")
# How soon a place hears of goods on their way to it, where no path promises anything.
NOTICE_DELAY = timedelta(hours=1)
# A consequence is told of for a day, so that the daily summary has it.
RUSH_TOLD = timedelta(hours=24)
HOUR = timedelta(hours=1)


def find_notice_delay(
    handoffs: list[Handoff], *, origin: str, destination: str
) -> tuple[timedelta, str]:
    """Return how soon the destination's owner hears of a transfer, and the path that says so.

    Args:
        origin: owner at the place the goods leave.
        destination: owner at the place they go to.
    """
    paths = [path for path in handoffs if set(path.carries) & set(CARRIED)]
    between = [p for p in paths if p.target == destination and p.source == origin]
    chosen = between or [path for path in paths if path.target == destination]
    if not chosen:
        return NOTICE_DELAY, ""
    slowest = max(chosen, key=lambda path: path.max_delay)
    return slowest.max_delay, slowest.path


def find_variances(transfers: pl.DataFrame, bands: Severity) -> list[Row]:
    """Return transfers of which other units came than were sent (TRF-03); minus is a loss."""
    came = transfers.filter(
        pl.col("received_at").is_not_null() & (pl.col("received_units") != pl.col("shipped_units"))
    )
    rows: list[Row] = []
    for row in came.iter_rows(named=True):
        delta = row["received_units"] - row["shipped_units"]
        severity = name_severity(
            delta, minor_up_to=bands.minor_up_to, notable_up_to=bands.notable_up_to
        )
        rows.append(
            {
                **_describe(row),
                "kind": "transfer_variance",
                "severity": severity,
                "delta_units": delta,
                "observed_units": row["received_units"],
                "details": write_details({**_tell(row), "received_at": row["received_at"]}),
            }
        )
    return rows


def find_blind(
    transfers: pl.DataFrame,
    handoffs: list[Handoff],
    *,
    find_owner: Callable[[str], str],
    as_of: datetime,
) -> list[Row]:
    """Return transfers whose destination knew nothing in time (TRF-02).

    One stays until the destination knows, and for the hour in which it came to know. It is
    notable where a path promised the notice. Where none did it is minor, and weighs nothing
    where both places have one owner: its own record names the destination.

    Args:
        transfers: TRANSFER rows and ``noticed_at``, the first sign at the destination.
        find_owner: place → owner of on_hand there.
        as_of: the newest instant the hour tells of.
    """
    rows: list[Row] = []
    for row in transfers.filter(pl.col("destination_key_id").is_not_null()).iter_rows(named=True):
        owner = find_owner(row["destination_id"])
        delay, path = find_notice_delay(handoffs, origin=row["owner"], destination=owner)
        due_at = row["shipped_at"] + delay
        known_at = min((t for t in (row["noticed_at"], row["received_at"]) if t), default=None)
        is_told = known_at is not None and (known_at < due_at or known_at <= as_of - HOUR)
        if due_at > as_of or is_told:
            continue
        rows.append(
            {
                **_describe(row),
                "kind": "blind_transfer",
                "severity": "notable" if path else "none" if owner == row["owner"] else "minor",
                "delta_units": -row["shipped_units"],
                "observed_units": 0,
                "details": write_details(
                    {**_tell(row), "due_at": due_at, "path": path, "known_at": known_at}
                ),
            }
        )
    return rows


def find_rushes(transfers: pl.DataFrame, orders: pl.DataFrame) -> list[Row]:
    """Return transfers made for an order that could not be picked (TRF-05), the order named.

    Args:
        orders: rows of ``load_orders_named``.
    """
    told = transfers.explode("causes").join(
        _name_orders(orders), left_on=["causes", "sku"], right_on=["name", "sku"], how="inner"
    )
    told = told.unique(["transfer_id", "sku"], keep="first", maintain_order=True)
    return [
        {
            **_describe(row),
            "kind": "rush_transfer",
            "severity": "minor",
            "key_id": row["order_key_id"],
            "expected_units": None,
            "details": write_details(
                {
                    **_tell(row),
                    "order_id": row["order_id"],
                    "order_movement_id": row["order_movement_id"],
                    "ordered_units": row["ordered_units"],
                }
            ),
        }
        for row in told.iter_rows(named=True)
    ]


def _name_orders(orders: pl.DataFrame) -> pl.DataFrame:
    facts = ("order_id", "sku", "ordered_units")
    named = orders.select(*facts, order_key_id="key_id", order_movement_id="movement_id")
    return pl.concat(
        [
            named.with_columns(name=pl.col("order_id")),
            named.with_columns(name=pl.col("order_movement_id")),
        ]
    ).unique(["name", "sku"], keep="first", maintain_order=True)


def _describe(row: Mapping[str, Any]) -> Row:
    key_id = row["destination_key_id"]
    return {
        "fact": FACT,
        "mirror": row["owner"],
        "key_id": row["origin_key_id"] if key_id is None else key_id,
        "subject": row["transfer_id"],
        "owner": row["owner"],
        "class": "transfer",
        "owner_units": row["shipped_units"],
        "expected_units": row["shipped_units"],
    }


def _tell(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "transfer_id": row["transfer_id"],
        "movement_ids": row["references"],
        "from": row["origin_id"],
        "to": row["destination_id"],
        "shipped_at": row["shipped_at"],
        "shipped_units": row["shipped_units"],
        "received_units": row["received_units"],
        "in_transit_units": row["in_transit_units"],
    }

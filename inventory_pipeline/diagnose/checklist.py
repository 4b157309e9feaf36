"""The four-layer checklist of an item that a channel shows as out of stock (DIA-16).

Storefront event, middleware log, ERP intake, ERP posting: the first layer without the event is
where it died. A layer that nobody can look at is said to be so and never taken for a pass.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Status = Literal["pass", "fail", "no data"]
LAYERS = ("storefront event", "middleware log", "erp intake", "erp posting")
DELIVERED = ("", "processed", "done", "ok", "delivered", "success", "applied", "complete")


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer and what it says of the event."""

    layer: str
    status: Status
    because: str


@dataclass(frozen=True)
class Checklist:
    """The four layers of one item at one channel.

    Attributes:
        event: the record that took the channel to zero; empty: nobody tells of one.
        died_at: the first layer that fails; empty where none does.
    """

    channel: str
    location_id: str
    event: str
    layers: tuple[Layer, ...]

    @property
    def died_at(self) -> str:
        return next((layer.layer for layer in self.layers if layer.status == "fail"), "")


@dataclass(frozen=True)
class Logs:
    """What is known of one item at one place; None: nobody keeps or reads that log.

    Attributes:
        told: what the channel itself tells: movements and changes of its level, newest first.
        messages: events of the middleware.
        intake: what the ERP tells: movements and changes of its level.
        erp: name of the system with that role; empty: there is none.
        posted_units, wanted_units: what the ERP shows and what it should.
    """

    told: Sequence[Mapping[str, Any]] | None
    messages: Sequence[Mapping[str, Any]] | None
    intake: Sequence[Mapping[str, Any]] | None
    erp: str = ""
    posted_units: int | None = None
    wanted_units: int | None = None


def build_checklist(channel: str, location_id: str, logs: Logs) -> Checklist:
    """Follow the event that took a channel to zero through the four layers."""
    event = logs.told[0] if logs.told else None
    names = {event["id"], event["reference_id"]} - {""} if event else set()
    return Checklist(
        channel=channel,
        location_id=location_id,
        event=event["id"] if event else "",
        layers=(
            _ask_channel(channel, logs, event),
            _ask_middleware(logs, names),
            _ask_intake(logs, names),
            _ask_posting(logs),
        ),
    )


def _ask_channel(channel: str, logs: Logs, event: Mapping[str, Any] | None) -> Layer:
    if logs.told is None:
        return Layer(LAYERS[0], "no data", f"{channel} gives neither movements nor its change log")
    if event is None:
        return Layer(LAYERS[0], "fail", f"{channel} shows none and tells of no event that took it")
    return Layer(LAYERS[0], "pass", f"{event['kind']} {event['id']} at {_render(event['at'])}")


def _ask_middleware(logs: Logs, names: set[str]) -> Layer:
    if logs.messages is None:
        return Layer(LAYERS[1], "no data", "no middleware log is read")
    if not names:
        return Layer(LAYERS[1], "no data", "there is no event to look for")
    hits = [m for m in logs.messages if names & {m["event_id"], m["reference_id"]}]
    if not hits:
        return Layer(LAYERS[1], "fail", "no event of the middleware names it")
    done = [m for m in hits if m["processed_at"] and m["status"].lower() in DELIVERED]
    if not done:
        return Layer(
            LAYERS[1], "fail", f"{hits[-1]['event_id']} is {hits[-1]['status'] or 'not processed'}"
        )
    return Layer(
        LAYERS[1], "pass", f"{done[-1]['event_id']} processed {_render(done[-1]['processed_at'])}"
    )


def _ask_intake(logs: Logs, names: set[str]) -> Layer:
    if not logs.erp or logs.intake is None:
        return Layer(LAYERS[2], "no data", "no ERP gives movements or a change log")
    if not names:
        return Layer(LAYERS[2], "no data", "there is no event to look for")
    hits = [row for row in logs.intake if names & {row["id"], row["reference_id"]}]
    if not hits:
        return Layer(LAYERS[2], "fail", f"{logs.erp} took nothing in that names it")
    return Layer(LAYERS[2], "pass", f"{hits[0]['kind']} {hits[0]['id']}")


def _ask_posting(logs: Logs) -> Layer:
    if not logs.erp or logs.posted_units is None or logs.wanted_units is None:
        return Layer(LAYERS[3], "no data", "no number of an ERP is known")
    told = f"{logs.erp} shows {logs.posted_units}, expected {logs.wanted_units}"
    return Layer(LAYERS[3], "pass" if logs.posted_units == logs.wanted_units else "fail", told)


def _render(moment: datetime | None) -> str:
    return "an unknown time" if moment is None else f"{moment:%Y-%m-%d %H:%MZ}"

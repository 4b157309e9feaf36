"""The ordered plan (DIA-01): authority, sync trigger, posting rules, middleware.

Each step passes, fails, or has not enough data, and says why. A fact without exactly one owner
ends the plan at once: nothing below it can be judged. When the books agree with the owner and
only the mirror is off, the plan leads straight to the middleware (DIA-03).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

StepName = Literal["authority", "trigger", "posting_rules", "middleware"]
Status = Literal["pass", "fail", "no data"]
ORDER: tuple[StepName, ...] = ("authority", "trigger", "posting_rules", "middleware")
BOOKS = ("erp", "wms")
# The layer of a cause, by the step that finds it.
LAYERS: dict[str, StepName] = {
    "authority": "authority",
    "trigger": "trigger",
    "erp_rule": "posting_rules",
    "middleware": "middleware",
}
SILENT = ("failed", "dropped", "error", "lost", "dead", "rejected")
LONG_DELAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Check:
    """One step of the plan and what it found."""

    step: StepName
    status: Status
    because: str


@dataclass(frozen=True)
class Plan:
    """The steps taken, in order.

    Attributes:
        suspect: where to look: the first step that fails, the middleware when everything before
            it is clean, or the layer of a cause beside the plan; empty: nothing stands out.
        is_direct: the books agree and only the mirror is off.
    """

    checks: tuple[Check, ...]
    suspect: str
    is_direct: bool = False


@dataclass(frozen=True, slots=True)
class Book:
    """Another system that keeps the same stock: what it shows, and by how much it is off.

    Attributes:
        units: None: it shows nothing of this item.
        delta: 0: it agrees.
    """

    system: str
    units: int | None
    delta: int = 0


@dataclass(frozen=True)
class Inquiry:
    """What the plan asks of one gap.

    Attributes:
        owners: fact → the systems that claim to own it, for every fact of the rule.
        at: as-of instant of the mirror's number.
        max_age: older than this at the hour's end is late.
        books: other systems that keep the same stock.
        layers: the layer of each cause that was named, with the cause; none: unknown.
        messages: events of the middleware for the item; None: nobody reads a log.
        troubled: those of them that were lost, tried again or more than a day late.
        order: the steps, if the fact asks for another order; authority always comes first.
    """

    mirror: str
    owner: str
    role: str
    delta: int
    owners: dict[str, tuple[str, ...]]
    trigger: str
    every: timedelta | None
    at: datetime | None
    until: datetime
    max_age: timedelta
    books: tuple[Book, ...]
    layers: tuple[tuple[str, str], ...] = ()
    messages: int | None = None
    troubled: int = 0
    order: Sequence[StepName] = field(default=ORDER)


def build_plan(inquiry: Inquiry) -> Plan:
    """Take the steps in their order; stop at authority if it fails."""
    checks: list[Check] = []
    for step in dict.fromkeys(("authority", *inquiry.order)):
        status, because = _TESTS[step](inquiry)
        checks.append(Check(step, status, because))
        if step == "authority" and status == "fail":
            return Plan(tuple(checks), "authority")
    failed = [check.step for check in checks if check.status == "fail"]
    is_direct = is_middleware_case(inquiry) and all(step == "middleware" for step in failed)
    suspect = failed[0] if failed else "middleware" if is_direct else _name_layer(inquiry)
    return Plan(tuple(checks), suspect, is_direct)


def _name_layer(inquiry: Inquiry) -> str:
    """Return the layer beside the plan that a named cause lies in, such as the mirror itself."""
    beside = [layer for _, layer in inquiry.layers if layer not in LAYERS and layer != "none"]
    return beside[0] if beside else ""


def is_middleware_case(inquiry: Inquiry) -> bool:
    """Return whether the books agree with the owner while a mirror that keeps none is off."""
    known = [book for book in inquiry.books if book.units is not None]
    return bool(
        inquiry.delta
        and inquiry.role not in BOOKS
        and known
        and all(book.delta == 0 for book in known)
        and all(layer == "middleware" for _, layer in inquiry.layers)
    )


def render_plan(plan: Plan) -> dict[str, Any]:
    """Return a plan as data."""
    return {
        "steps": [{"step": c.step, "status": c.status, "because": c.because} for c in plan.checks],
        "suspect": plan.suspect,
        "is_direct": plan.is_direct,
    }


def _ask_authority(inquiry: Inquiry) -> tuple[Status, str]:
    for fact, owners in inquiry.owners.items():
        if len(owners) > 1:
            return "fail", f"{fact} has {len(owners)} owners: {', '.join(owners)}; keep one"
        if not owners:
            return "fail", f"{fact} has no owner; name one"
    owned = ", ".join(f"{fact} by {owners[0]}" for fact, owners in inquiry.owners.items())
    return "pass", f"one owner each: {owned}" if owned else f"owned by {inquiry.owner}"


def _ask_trigger(inquiry: Inquiry) -> tuple[Status, str]:
    if cause := _find_cause(inquiry, "trigger"):
        return "fail", f"{cause}: the moment of the write makes the gap, not its content"
    if inquiry.at is None:
        return "no data", f"{inquiry.mirror} does not say as of when its number is"
    age = inquiry.until - inquiry.at
    if age > inquiry.max_age:
        return "fail", (
            f"its number is {_render(age)} old, {_render(inquiry.max_age)} are allowed: "
            f"the {inquiry.trigger} is late"
        )
    every = f" every {_render(inquiry.every)}" if inquiry.every else ""
    return "pass", f"told by {inquiry.trigger}{every}; its number is {_render(age)} old"


def _ask_rules(inquiry: Inquiry) -> tuple[Status, str]:
    if cause := _find_cause(inquiry, "posting_rules"):
        return "fail", f"{cause}: a posting rule makes the gap"
    if inquiry.role in BOOKS:
        if inquiry.layers:
            return "pass", f"{inquiry.layers[0][0]} lies elsewhere"
        return "fail", (
            f"{inquiry.mirror} is off by {inquiry.delta:+d} and nothing clears its posting rules; "
            f"look at them before {inquiry.owner} is blamed"
        )
    known = [book for book in inquiry.books if book.units is not None]
    off = [f"{book.system} is off by {book.delta:+d} itself" for book in known if book.delta]
    if off:
        return "fail", "; ".join(off)
    if not known:
        return "no data", "no other system that keeps this stock shows it"
    agreed = ", ".join(f"{book.system} {book.units}" for book in known)
    return "pass", f"agrees with {inquiry.owner}: {agreed}"


def _ask_middleware(inquiry: Inquiry) -> tuple[Status, str]:
    if cause := _find_cause(inquiry, "middleware"):
        return "fail", f"{cause}: lost, doubled or bent on the way"
    if inquiry.messages is None:
        return "no data", "no middleware log is read"
    if inquiry.troubled:
        return "fail", (
            f"{inquiry.troubled} of {inquiry.messages} events of the item were lost, tried again "
            "or more than a day late"
        )
    if not inquiry.messages:
        return "no data", "the middleware's log names no event of the item"
    return "pass", f"{inquiry.messages} events of the item, none lost, late or tried again"


def _find_cause(inquiry: Inquiry, step: StepName) -> str:
    return next((cause for cause, layer in inquiry.layers if LAYERS.get(layer) == step), "")


def _render(length: timedelta) -> str:
    minutes = int(length.total_seconds() // 60)
    return f"{minutes // 60} h {minutes % 60:02d} min" if minutes >= 60 else f"{minutes} min"


_TESTS = {
    "authority": _ask_authority,
    "trigger": _ask_trigger,
    "posting_rules": _ask_rules,
    "middleware": _ask_middleware,
}

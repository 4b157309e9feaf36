"""The drift walk: people count bins, and a count closes the loop.

    open -> counted -> corrected -> verified -> closed

The count writes the owner's record and nothing else, once; from the owner it flows to every
mirror by receipts; and the task closes only when a later check sees the owner show the number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inventory_pipeline.config.corrections import Walk
from inventory_pipeline.correct import queue
from inventory_pipeline.correct.receipts import Change, Effect
from inventory_pipeline.errors import UsageError
from inventory_pipeline.store import audit
from inventory_pipeline.store.journal import Journal, write_instant

Row = dict[str, Any]
MAX_COUNT = 1_000_000_000
COUNTABLE = ("open", "assigned")
# Why a count differs; without a reason an unexplained loss is shrinkage (WLK-05).
CODES = (
    "shrinkage", "theft", "damage", "miscount", "misplaced", "unit_error", "not_received",
    "not_posted", "found", "other",
)  # fmt: skip


@dataclass(frozen=True)
class Count:
    """What somebody counted.

    Attributes:
        units: eaches in the bin, or of the item where the task names no bin.
        as_of: when; orders that leave later are no part of it.
    """

    units: int
    by: str
    code: str
    as_of: datetime


@dataclass(frozen=True)
class Standing:
    """What the systems show of the item as it is counted.

    Attributes:
        recorded_units: the owner's record of the bin now.
        total_units: the owner's number of the item at the place now, all bins together.
        effects: what each system shall do, given the new total; the owner's first if it can
            be written to.
    """

    recorded_units: int | None
    total_units: int | None
    effects: Sequence[Effect]


@dataclass(frozen=True)
class Counted:
    """What became of a count."""

    state: str
    message: str
    receipts: int = 0
    total_units: int | None = None


def load_task(journal: Journal, task_id: str) -> Row:
    """Return one task.

    Raises:
        UsageError: there is none of this id.
    """
    rows = journal.query("select * from tasks where task_id = :task_id", task_id=task_id)
    if not rows:
        raise UsageError(f"there is no task {task_id!r}; 'inventory-pipeline tasks' lists them")
    return rows[0]


def check_count(task: Row, count: Count) -> None:
    """Refuse what is no count of this task.

    Raises:
        UsageError: a number, a name or a code that cannot be, or a task that is over.
    """
    if task["kind"] != "count":
        raise UsageError(
            f"{task['task_id']} asks for no count: {task['reason']}; "
            "it closes when the next check sees the number"
        )
    if task["state"] not in COUNTABLE:
        who = f" by {task['counted_by']}" if task["counted_by"] else ""
        raise UsageError(f"{task['task_id']} is {task['state']}{who}; it is counted once")
    if not 0 <= count.units <= MAX_COUNT:
        raise UsageError(f"--units is {count.units}; a count is from 0 to {MAX_COUNT:,}")
    if not count.by.strip():
        raise UsageError("a count has a name: --by NAME")
    if count.code and count.code not in CODES:
        raise UsageError(f"--reason is {count.code!r}; known: {', '.join(CODES)}")
    if task["second_units"] is not None and task["second_by"] == count.by:
        raise UsageError(f"{count.by} counted it before: a second person counts, blind")


def wants_second(recorded: int | None, units: int, walk: Walk) -> bool:
    """Return whether a count differs so much that a second person counts."""
    if recorded is None:
        return False
    off = abs(units - recorded)
    return off > walk.second_count_above or off > walk.second_count_share * recorded > 0


def take_count(
    journal: Journal, task: Row, count: Count, standing: Standing, walk: Walk, *, now: datetime
) -> Counted:
    """Take one count of one task: the first, or a second person's."""
    first = task["second_units"]
    if first is None and wants_second(standing.recorded_units, count.units, walk):
        return _ask_again(journal, task, count, now)
    if first is not None and first != count.units:
        return _disagree(journal, task, count, now)
    return _accept(journal, task, count, standing, now)


def _ask_again(journal: Journal, task: Row, count: Count, now: datetime) -> Counted:
    reason = f"{count.by} counted it and the difference is large: a second person counts, blind"
    _update(journal, task, "assigned", second_units=count.units, second_by=count.by, now=now)
    _tell(journal, task, count, "first_count", now)
    return Counted("assigned", reason)


def _disagree(journal: Journal, task: Row, count: Count, now: datetime) -> Counted:
    """Two people, two numbers: neither is taken, and it is counted anew."""
    _update(journal, task, "open", second_units=None, second_by="", now=now)
    _tell(journal, task, count, "counts_disagree", now)
    return Counted("open", f"{task['second_by']} and {count.by} counted differently: count again")


def _accept(
    journal: Journal, task: Row, count: Count, standing: Standing, now: datetime
) -> Counted:
    owner = any(effect.is_owner for effect in standing.effects)
    change = Change(
        "count", task["fact"], task["sku"], task["location_id"], count.units, count.as_of,
        task["task_id"], None if owner else now,
    )  # fmt: skip
    with journal.transaction():
        receipts = queue.add_change(journal, change, standing.effects, now=now)
        _update(
            journal, task, "counted" if owner else "corrected", now=now,
            counted_units=count.units, counted_by=count.by, counted_at=write_instant(now),
            as_of=write_instant(count.as_of), code=count.code or _name_code(standing, count),
            change_id=change.change_id, total_units=standing.total_units,
        )  # fmt: skip
        _tell(journal, task, count, "counted", now)
    return Counted("counted" if owner else "corrected", "", len(receipts), standing.total_units)


def _name_code(standing: Standing, count: Count) -> str:
    """Name a loss that nobody explains; a surplus was found."""
    recorded = standing.recorded_units
    if recorded is None or recorded == count.units:
        return ""
    return "shrinkage" if count.units < recorded else "found"


def _update(journal: Journal, task: Row, state: str, *, now: datetime, **columns: Any) -> None:
    names = ", ".join(f"{name} = :{name}" for name in columns)
    journal.execute(
        f"update tasks set state = :state, {names} where task_id = :task_id",  # noqa: S608 our own column names
        state=state, task_id=task["task_id"], **columns,
    )  # fmt: skip


def _tell(journal: Journal, task: Row, count: Count, kind: str, now: datetime) -> None:
    told = {
        "by": count.by,
        "units": count.units,
        "recorded_units": task["recorded_units"],
        "as_of": write_instant(count.as_of),
        "code": count.code,
    }
    audit.append(journal, kind, task["task_id"], told, now=now)


def find_state(task: Row, change: Row | None, shown_units: int | None, moved_units: int) -> str:
    """Return the state a task has come to, given what the owner shows now.

    Args:
        change: the change of its count.
        shown_units: the owner's number of the item at the place in this hour.
        moved_units: net movements after the count, until that number.
    """
    if change is None or task["state"] not in ("counted", "corrected"):
        return str(task["state"])
    if change["owner_at"] is None:
        return "counted"
    wanted = task["total_units"]
    if shown_units is not None and wanted is not None and shown_units == wanted + moved_units:
        return "closed"
    return "corrected"

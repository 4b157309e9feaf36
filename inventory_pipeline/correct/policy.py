"""Policy: which proposal the assistant may carry out by itself, and why not.

Pure and a matter of constants: a gap of at most 5 units whose cause is *proven*, on inputs that
are whole and fresh, towards a receiver that guards against doubled effects. Anything else is
explained and handed over. Rather a hundred flags than one wrong mass fix (AST-06).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any, Literal

from inventory_pipeline.config.policy import MAX_AUTOMATIC_UNITS, Assistant
from inventory_pipeline.model.causes import CAUSES, UNKNOWN
from inventory_pipeline.model.delivery import DeliveryClass

Row = dict[str, Any]
Decision = Literal["auto", "flagged", "suspended"]
MAX_FIXES = 25
MAX_SHARE = 0.01
MAX_UNITS_OF_RUN = 50
# A system whose readings nobody has come to know yet is not corrected.
FIRST_RUNS = 3
# A gap that came back this often after it was gone is no accident: something writes it back.
MAX_RETURNS = 2
# A correction of one finding that was refused so often is a loop (F-56).
MAX_IN_VAIN = 2
# Receivers where a correction cannot be applied twice.
GUARDED = ("A", "B")


@dataclass(frozen=True)
class Situation:
    """What the assistant knows of a run, beside its proposals.

    Attributes:
        receivers: system → delivery class, of the systems that can be written to.
        writable: (system, fact) that the configuration lets corrections set.
        states: system → what became of its counts this hour.
        runs: system → whole snapshots so far.
        changed: systems whose configuration was changed while a gap stood, with the change.
        unresolved: facts without one owner.
        fixed_lately: skus that were corrected in the last 24 hours.
        brakes: system, or ``all`` → why corrections by themselves are stopped.
        in_flight: (system, fact, sku, place) with receipts that are not over.
    """

    active_skus: int
    drift_rate: float | None
    max_drift_rate: float
    receivers: Mapping[str, DeliveryClass]
    writable: frozenset[tuple[str, str]]
    states: Mapping[str, str]
    runs: Mapping[str, int]
    changed: Mapping[str, str] = field(default_factory=dict)
    unresolved: frozenset[str] = frozenset()
    fixed_lately: frozenset[str] = frozenset()
    brakes: Mapping[str, str] = field(default_factory=dict)
    in_flight: frozenset[tuple[str, str, str, str]] = frozenset()

    @property
    def is_structural(self) -> bool:
        return self.drift_rate is not None and self.drift_rate > self.max_drift_rate


@dataclass(frozen=True)
class Ruling:
    """What the assistant decides about one proposal, and why not more.

    Attributes:
        would: it would be carried out if the assistant were allowed to act.
        is_storm: one run wanted more than any run may: nothing goes on until a person looked.
    """

    decision: Decision
    reasons: tuple[str, ...]
    would: bool = False
    is_storm: bool = False


def decide(rows: Sequence[Row], situation: Situation, limits: Assistant) -> list[Ruling]:
    """Return one ruling per proposal, in their order; same inputs, same rulings.

    Args:
        rows: proposals with finding and verdict: system, fact, sku, location_id, owner,
            delta_units, before_units, target_units, recurrence, cause, is_proven, confidence,
            unexplained_units, correction_units. No delta_units: a word that is wrong.
    """
    why_not = [tuple(find_doubts(row, situation, limits)) for row in rows]
    chosen, held = choose(rows, why_not, situation, limits)
    suspended = find_suspension(situation, held)
    rulings = []
    for place, reasons in enumerate(why_not):
        if suspended:
            rulings.append(Ruling("suspended", (suspended, *reasons), is_storm=bool(held)))
        elif reasons:
            rulings.append(Ruling("flagged", reasons))
        elif place not in chosen:
            rulings.append(Ruling("flagged", ("the limits of one run are used up",)))
        else:
            rulings.append(_act(limits))
    return rulings


def _act(limits: Assistant) -> Ruling:
    if limits.mode == "limited":
        return Ruling("auto", (), would=True)
    text = "the assistant is off" if limits.mode == "off" else "shadow mode: it would be fixed"
    return Ruling("flagged", (text,), would=limits.mode == "shadow")


def find_suspension(situation: Situation, held: str) -> str:
    """Return why the whole run is held, if it is."""
    if "all" in situation.brakes:
        return f"corrections are stopped: {situation.brakes['all']}"
    if situation.is_structural:
        return (
            f"drift of {situation.drift_rate:.1%} of the active SKUs is more than "
            f"{situation.max_drift_rate:.1%}: the wiring is wrong, no single correction lasts"
        )
    return held


def choose(
    rows: Sequence[Row],
    why_not: Sequence[tuple[str, ...]],
    situation: Situation,
    limits: Assistant,
) -> tuple[set[int], str]:
    """Return which of the proposals without a doubt fit into one run, and why none does.

    The smallest gaps go first: the least harm if all of this is wrong.
    """
    able = [place for place, reasons in enumerate(why_not) if not reasons]
    most = min(limits.max_fixes_per_run, MAX_FIXES)
    if len(able) > most:
        return set(), f"{len(able)} corrections in one run are more than {most}: a person looks"
    share = min(limits.max_share_per_run, MAX_SHARE) * situation.active_skus
    most, left = min(most, ceil(share)), MAX_UNITS_OF_RUN
    chosen: set[int] = set()
    skus: set[str] = set()
    for place in sorted(able, key=lambda place: (_size(rows[place]), _name(rows[place]))):
        row = rows[place]
        if len(chosen) < most and _size(row) <= left and row["sku"] not in skus:
            chosen.add(place)
            skus.add(row["sku"])
            left -= _size(row)
    return chosen, ""


def _size(row: Row) -> int:
    return abs(int(row["delta_units"]))


def _name(row: Row) -> tuple[str, str, str, str]:
    return row["system"], row["fact"], row["sku"], row["location_id"]


def find_doubts(row: Row, situation: Situation, limits: Assistant) -> list[str]:
    """Return every reason why a proposal is not carried out by itself; none: it may be."""
    return [
        *_doubt_gap(row, limits),
        *_doubt_inputs(row, situation),
        *_doubt_receiver(row, situation),
        *_doubt_history(row, situation),
    ]


def _doubt_gap(row: Row, limits: Assistant) -> list[str]:
    if row["delta_units"] is None:
        return [f"{row['system']} says a word and no number: how far it is off, nobody knows"]
    return [*_doubt_size(row, limits), *_doubt_cause(row, limits)]


def _doubt_size(row: Row, limits: Assistant) -> list[str]:
    most = min(limits.max_units, MAX_AUTOMATIC_UNITS)
    return [f"{row['delta_units']:+d} is more than {most} units"] if _size(row) > most else []


def _doubt_cause(row: Row, limits: Assistant) -> list[str]:
    cause = row["cause"] or UNKNOWN
    if cause == UNKNOWN:
        return ["no cause is known"]
    name, found = cause.replace("_", " "), []
    if not row["is_proven"]:
        found.append(f"{name} is likely ({row['confidence']:.0%}), not proven")
    elif not CAUSES[cause].is_provable:
        found.append(f"{name} is not mended by changing a number")
    elif row["unexplained_units"] or row["correction_units"] != -row["delta_units"]:
        found.append(f"{name} does not explain the whole gap")
    if row["is_proven"] and row["confidence"] < limits.min_confidence:
        found.append(f"confidence {row['confidence']:.4f} is below {limits.min_confidence}")
    return found


def _doubt_inputs(row: Row, situation: Situation) -> list[str]:
    found = []
    if row["fact"] in situation.unresolved:
        found.append(f"{row['fact']} has no one owner")
    for system in dict.fromkeys((row["owner"], row["system"])):
        state = situation.states.get(system, "missing")
        if state != "complete":
            found.append(f"the counts of {system} are {state}")
        elif situation.runs.get(system, 0) < FIRST_RUNS:
            runs = situation.runs.get(system, 0)
            found.append(f"{system} is new: {runs} whole readings, wanted {FIRST_RUNS}")
        if system in situation.changed:
            found.append(f"{system} was changed meanwhile: {situation.changed[system]}")
    return found


def _doubt_receiver(row: Row, situation: Situation) -> list[str]:
    system = row["system"]
    if (system, row["fact"]) not in situation.writable:
        return [f"{system} is read only"]
    delivery_class = situation.receivers.get(system)
    if delivery_class is None:
        return [f"{system} cannot be written to"]
    if delivery_class not in GUARDED:
        return [f"{system} does not guard against a change that is applied twice"]
    return [f"{system}: {situation.brakes[system]}"] if system in situation.brakes else []


def _doubt_history(row: Row, situation: Situation) -> list[str]:
    found = []
    returns = row["recurrence"] - 1
    if returns >= MAX_RETURNS:
        found.append(
            f"recurring: it came back {returns} times, so something writes it back; mend that "
            "first, no correction lasts"
        )
    if row["sku"] in situation.fixed_lately:
        found.append("it was corrected less than 24 hours ago")
    if (row["system"], row["fact"], row["sku"], row["location_id"]) in situation.in_flight:
        found.append("an earlier correction is still on its way")
    if row.get("undone"):
        found.append("a correction of it was confirmed, and the gap is still there")
    if row["in_vain"] >= MAX_IN_VAIN:
        found.append(f"{row['in_vain']} corrections of it were refused: a person looks")
    return found

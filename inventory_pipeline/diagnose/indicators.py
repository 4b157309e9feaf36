"""The eight indicators (DIA-05, DIA-06): four lean to the integration, four to the process.

They are judged over all open gaps of one mirror: one gap alone has no pattern.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

from inventory_pipeline.diagnose.case import Case, Message
from inventory_pipeline.diagnose.exhibit import find_certainty
from inventory_pipeline.diagnose.plan import LONG_DELAY, SILENT
from inventory_pipeline.diagnose.verdict import Verdict
from inventory_pipeline.model.causes import CAUSES, UNKNOWN

Lean = Literal["integration", "process", "mixed", "unknown"]
INTEGRATION = ("same_pattern", "middleware_fault", "returns_after_change", "constant_gap")
PROCESS = ("varies_by_channel", "hand_adjustments", "safety_without_rule", "follows_shifts")
# Systems people sell through: a fault of one of them alone is no fault of the chain.
CHANNELS = ("storefront", "marketplace", "pos", "dropship", "crm")
BY_HAND = ("manual_edit_mirror", "owner_edited_without_movement", "count_written_once")
LIKE_ITEMS = 3
LEAST_CHECKS = 3
# A sign must show in this share of a mirror's gaps, or the exception would speak for all.
LEAST_SHARE = 0.2
HALF = 0.5
# Changes of gaps that fall into one hour of the day, on at least two days, follow people.
LEAST_JUMPS, SHIFT_SHARE, LEAST_DAYS = 4, 0.6, 2


@dataclass(frozen=True)
class Signs:
    """What holds of one mirror: names of the indicators, in the order of the catalogue."""

    integration: tuple[str, ...] = ()
    process: tuple[str, ...] = ()

    @property
    def lean(self) -> Lean:
        """Return the verdict: whoever has more signs; both strong or even is mixed."""
        ours, theirs = len(self.integration), len(self.process)
        if not ours and not theirs:
            return "unknown"
        if ours == theirs or min(ours, theirs) >= 2:
            return "mixed"
        return "integration" if ours > theirs else "process"


@dataclass(frozen=True)
class Surroundings:
    """What indicators need beside the cases.

    Attributes:
        roles: system → role.
        returned: findings that came back after a change of a system they pass through.
        channels: mirrors of a channel's role that were compared in the hour.
    """

    zone: ZoneInfo
    roles: Mapping[str, str]
    returned: frozenset[str]
    channels: frozenset[str]


def find_signs(verdicts: Sequence[Verdict], around: Surroundings) -> dict[str, Signs]:
    """Return mirror → its signs."""
    by_mirror: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        if verdict.case.kind == "gap":
            by_mirror[verdict.case.mirror].append(verdict)
    off = frozenset(by_mirror)
    return {mirror: _find_signs(mirror, own, off, around) for mirror, own in by_mirror.items()}


def _find_signs(
    mirror: str, own: list[Verdict], off: frozenset[str], around: Surroundings
) -> Signs:
    held = {
        "same_pattern": _has_same_pattern(own),
        "middleware_fault": _has_middleware_fault(own),
        "returns_after_change": any(v.case.finding_id in around.returned for v in own),
        "constant_gap": _has_constant_gaps(own),
        "varies_by_channel": _is_one_channel(mirror, off, around) or _is_one_place(own),
        "hand_adjustments": _share(own, BY_HAND) >= LEAST_SHARE,
        "safety_without_rule": _share(own, ("safety_stock_rule",)) >= LEAST_SHARE,
        "follows_shifts": _follows_shifts([v.case for v in own], around.zone),
    }
    return Signs(
        tuple(name for name in INTEGRATION if held[name]),
        tuple(name for name in PROCESS if held[name]),
    )


def _has_same_pattern(own: list[Verdict]) -> bool:
    """Return whether like items have the same gap, or the same cause of the wiring."""
    sizes = Counter(v.case.delta for v in own if v.case.delta)
    causes = Counter(v.cause for v in own if is_named(v) and CAUSES[v.cause].lean == "integration")
    items = sum(v.case.delta != 0 for v in own)
    return any(
        number >= LIKE_ITEMS and number >= HALF * items
        for number in (*sizes.values(), *causes.values())
    )


def _has_middleware_fault(own: list[Verdict]) -> bool:
    told = [v for v in own if any(_is_troubled(m) for m in v.case.messages or ())]
    named = [v for v in own if is_named(v) and CAUSES[v.cause].layer == "middleware"]
    by_log = [v for v in named if v.tier == "T2" and v.cause not in BY_HAND]
    return len({v.case.finding_id for v in (*told, *by_log)}) >= LEAST_SHARE * len(own)


def is_named(verdict: Verdict) -> bool:
    """Return whether a cause is at least likely; a guess is no sign of anything."""
    return verdict.cause != UNKNOWN and find_certainty(verdict) != "possible"


def _is_troubled(message: Message) -> bool:
    late = message.processed_at and message.processed_at - message.emitted_at >= LONG_DELAY
    return bool(message.attempt > 1 or message.status in SILENT or late)


def count_troubled(messages: Iterable[Message]) -> int:
    """Return how many events were lost, tried again or more than a day late."""
    return sum(_is_troubled(message) for message in messages)


def _has_constant_gaps(own: list[Verdict]) -> bool:
    """Return whether the gaps stand still, check after check, and all on one side."""
    still = [v.case for v in own if _is_still(v.case)]
    sides = {case.delta > 0 for case in still}
    return len(still) > HALF * len(own) and len(sides) == 1


def _is_still(case: Case) -> bool:
    newest = case.points[-LEAST_CHECKS:]
    return len(newest) == LEAST_CHECKS and len({p.delta for p in newest}) == 1 and case.delta != 0


def _is_one_channel(mirror: str, off: frozenset[str], around: Surroundings) -> bool:
    others = around.channels - {mirror}
    return mirror in around.channels and bool(others) and not others & off


def _is_one_place(own: list[Verdict]) -> bool:
    """Return whether the gaps keep to one of several places the mirror's items lie at."""
    places = Counter(v.case.location_id for v in own)
    return len(places) > 1 and places.most_common(1)[0][1] >= max(LIKE_ITEMS, 0.8 * len(own))


def _share(own: list[Verdict], causes: Sequence[str]) -> float:
    return sum(v.cause in causes and is_named(v) for v in own) / len(own)


def _follows_shifts(cases: list[Case], zone: ZoneInfo) -> bool:
    """Return whether most changes of the gaps fall into one hour of the day, day after day."""
    told = [case for case in cases if not case.rule.is_batch]
    jumps = [jump for case in told for jump in _list_jumps(case, zone)]
    if len(jumps) < LEAST_JUMPS:
        return False
    hour, number = Counter(hour for _, hour in jumps).most_common(1)[0]
    days = {day for day, at in jumps if at == hour}
    return number >= SHIFT_SHARE * len(jumps) and len(days) >= LEAST_DAYS


def _list_jumps(case: Case, zone: ZoneInfo) -> Iterator[tuple[date, int]]:
    """Yield day and hour, on the business's clock, in which the gap grew or changed."""
    for before, after in pairwise(case.points):
        if after.delta and after.delta != before.delta and after.at - before.at < timedelta(days=1):
            local = after.at.astimezone(zone)
            yield local.date(), local.hour

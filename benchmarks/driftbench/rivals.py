"""Rivals: two simple ways to guess a cause. If they do well, the benchmark is too easy."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from inventory_pipeline.diagnose.case import Case, Move
from inventory_pipeline.model.causes import UNKNOWN

# kind of the movement, sign of the gap → the cause a careful person would name first.
ONE_RULE: Mapping[tuple[str, int], str] = {
    ("order_placed", 1): "decrement_missing",
    ("order_placed", -1): "double_decrement",
    ("pos_sale", 1): "movement_dropped",
    ("pos_sale", -1): "double_decrement",
    ("order_cancelled", 1): "event_duplicated",
    ("order_cancelled", -1): "movement_dropped",
    ("shipment", 1): "threepl_confirmation_missing",
    ("shipment", -1): "event_duplicated",
    ("receipt", 1): "event_duplicated",
    ("receipt", -1): "receipt_not_posted",
    ("return_initiated", 1): "return_credited_early",
    ("return_received", 1): "damaged_return_restocked",
    ("return_received", -1): "good_return_not_restocked",
    ("transfer_out", 1): "transfer_in_transit",
    ("transfer_out", -1): "event_duplicated",
    ("transfer_in", 1): "event_duplicated",
    ("transfer_in", -1): "transfer_in_transit",
    ("adjustment", 1): "count_written_once",
    ("adjustment", -1): "count_written_once",
    ("count", 1): "count_written_once",
    ("count", -1): "count_written_once",
    ("damage", 1): "movement_dropped",
    ("damage", -1): "event_duplicated",
    ("write_off", 1): "movement_dropped",
    ("write_off", -1): "event_duplicated",
    ("purchase_order_posted", 1): "owner_layer_ahead_po",
}
OTHER_KINDS = {
    "ghost": "ghost_row",
    "absent": "missing_row",
    "count_variance": "shrinkage",
    "misplaced": "wrong_bin",
    "stockout": "true_stockout",
}
WITHOUT_MOVEMENT = "manual_edit_mirror"


def guess_by_one_rule(case: Case) -> str:
    """Return what "the largest equal movement wins" names: one as large as the gap, the newest.

    Where none is as large as the gap, somebody changed the number by hand.
    """
    if case.kind != "gap":
        return OTHER_KINDS.get(case.kind, UNKNOWN)
    equal = [m for m in case.moves or () if m.units and abs(m.units) == abs(case.delta)]
    named = [m for m in equal if _find_rule(m, case.delta) in ONE_RULE]
    if not named:
        return WITHOUT_MOVEMENT
    newest = max(named, key=lambda m: (m.at, m.movement_id))
    return ONE_RULE[_find_rule(newest, case.delta)]


def _find_rule(move: Move, delta: int) -> tuple[str, int]:
    return move.kind, 1 if delta > 0 else -1


def find_features(case: Case) -> tuple[str, ...]:
    """Return what the counts alone tell of a case, each as a word."""
    points = case.points
    if not points:
        return (f"kind {case.kind}",)
    deltas = [p.delta for p in points]
    jumps = [n for n in range(1, len(deltas)) if deltas[n] != deltas[n - 1]]
    last, delta = points[-1], case.delta
    return (
        f"kind {case.kind}",
        f"mirror {case.rule.role} {case.fact}",
        f"sign {(delta > 0) - (delta < 0)}",
        f"size {_bucket(abs(delta))}",
        f"jumps {min(len(jumps), 4)}",
        f"ups {min(sum(deltas[n] > deltas[n - 1] for n in jumps), 3)}",
        f"downs {min(sum(deltas[n] < deltas[n - 1] for n in jumps), 3)}",
        f"age {_bucket(len(deltas) - jumps[-1] if jumps else 99)}",
        f"owner still {bool(jumps) and _has_same_owner(case, jumps[-1])}",
        f"mirror still {bool(jumps) and _is_still(case, jumps[-1])}",
        f"equals committed {delta == last.committed}",
        f"equals safety {delta == case.rule.safety != 0}",
        f"at zero {last.observed == 0}",
        f"owner at zero {last.owner == 0}",
        f"factor {_find_factor(last.expected, last.observed)}",
        f"both signs {min(deltas) < 0 < max(deltas)}",
        f"twin {_find_twin(case)}",
        f"gaps here {_bucket(case.gaps_here)}",
    )


def _is_still(case: Case, place: int) -> bool:
    return case.points[place].observed == case.points[place - 1].observed


def _has_same_owner(case: Case, place: int) -> bool:
    return case.points[place].owner == case.points[place - 1].owner


def _bucket(units: int) -> int:
    """Return the power of two a number falls in, so that like sizes are one word."""
    return units.bit_length()


def _find_factor(expected: int, observed: int) -> int:
    low, high = sorted((abs(expected), abs(observed)))
    return high // low if low and high % low == 0 and high // low > 1 else 0


def _find_twin(case: Case) -> str:
    own = [p for p in case.peers if p.sku == case.sku]
    if any(p.delta == -case.delta for p in own):
        return "opposite elsewhere"
    if any(p.delta == -case.delta for p in case.peers):
        return "opposite item"
    return "same" if any(p.delta == case.delta for p in case.peers) else "none"


class CountsOnly:
    """Naive Bayes over what the counts tell."""

    def __init__(self) -> None:
        self._causes: Counter[str] = Counter()
        self._words: dict[str, Counter[str]] = defaultdict(Counter)

    def learn(self, examples: Iterable[tuple[Sequence[str], str]]) -> None:
        """Take in cases whose cause is known."""
        for features, cause in examples:
            self._causes[cause] += 1
            self._words[cause].update(features)

    def tell(self) -> dict[str, Any]:
        """Return what was learnt, as JSON can hold it."""
        causes = sorted(self._causes)
        return {
            cause: [self._causes[cause], dict(sorted(self._words[cause].items()))]
            for cause in causes
        }

    def load(self, told: Mapping[str, Any]) -> None:
        """Take in what ``tell`` told."""
        for cause, (count, words) in told.items():
            self._causes[cause] += count
            self._words[cause].update(words)

    def guess(self, features: Sequence[str]) -> str:
        """Return the likeliest cause; unknown before anything was learnt."""
        total = sum(self._causes.values())

        def weigh(cause: str) -> float:
            count, words = self._causes[cause], self._words[cause]
            seen = sum(math.log((words[word] + 0.5) / (count + 2)) for word in features)
            return math.log(count / total) + seen

        return max(sorted(self._causes), key=weigh, default=UNKNOWN)

"""Returns: credits that came with the announcement of a return instead of with the box."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from inventory_pipeline.diagnose.case import Case, Move
from inventory_pipeline.diagnose.claim import Claim
from inventory_pipeline.diagnose.jumps import list_near
from inventory_pipeline.diagnose.matching import NEAR, Entry
from inventory_pipeline.diagnose.points import CLOCKS
from inventory_pipeline.diagnose.scene import Scene, claim_entry, claim_jump

RETURNS = ("return_initiated", "return_received")


@dataclass(frozen=True, slots=True)
class EarlyCredit:
    """A claim on a credit that has an announcement and no box."""

    claim: Claim
    is_overdue: bool


def find_early_credits(scene: Scene, cause: str) -> Iterator[EarlyCredit]:
    """Yield credits of just the announced size whose box has not come."""
    for entry in scene.find_entries("extra", "repeated", "sized"):
        came = tuple(m for m in _list_moves(scene, entry) if m.at <= entry.at + CLOCKS)
        announced = [m for m in came if _is_open(m, came)]
        if entry.units > 0 and any(m.units == entry.units for m in announced):
            claim = claim_entry(cause, scene, entry)
            claim = replace(claim, strength=claim.strength + 1.0)
            yield EarlyCredit(claim, _is_overdue(scene.case, announced[0]))
    if not scene.is_blind:
        return
    for jump in scene.jumps:
        moves = scene.case.moves or ()
        fit = [
            m for m in list_near(scene.case, jump) if m.units == jump.units and _is_open(m, moves)
        ]
        for move in fit:
            claim = claim_jump(cause, jump, move, choices=len(fit))
            claim = replace(claim, strength=claim.strength + 1.0)
            yield EarlyCredit(claim, _is_overdue(scene.case, move))


def _list_moves(scene: Scene, entry: Entry) -> tuple[Move, ...]:
    """Return the movements a row may be about: those it names, else all that came just before."""
    if entry.moves:
        return entry.moves
    moves = scene.case.moves or ()
    return tuple(m for m in moves if m.kind in RETURNS and entry.at - NEAR <= m.at)


def _is_open(move: Move, moves: tuple[Move, ...]) -> bool:
    """Return whether a return was announced and no box of it has come."""
    if move.kind != "return_initiated":
        return False
    names = set(move.names)
    return not any(m.kind == "return_received" and names.intersection(m.names) for m in moves)


def _is_overdue(case: Case, move: Move) -> bool:
    return case.points[-1].at - move.at > timedelta(days=case.rule.due_days)

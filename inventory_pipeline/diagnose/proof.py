"""Proof: the gate a cause must pass before anything may be corrected without a person (C4).

Probability ranks what people read. Only this decides what is proven: every claim names its
records, presence and absence stand in ledgers that account for both numbers to the unit,
nothing is left over, nothing else with another remedy holds, and no setting changed meanwhile.
"""

from collections.abc import Set
from datetime import timedelta

from inventory_pipeline.diagnose.account import Account, is_told_alike
from inventory_pipeline.diagnose.case import Case, Move
from inventory_pipeline.diagnose.claim import BY_RECORD, Claim
from inventory_pipeline.diagnose.jumps import find_jumps
from inventory_pipeline.diagnose.kinds import GIVEN_UP
from inventory_pipeline.diagnose.peers import is_open_orders
from inventory_pipeline.diagnose.points import CLOCKS
from inventory_pipeline.diagnose.rules import is_about
from inventory_pipeline.diagnose.weigh import Hypothesis, Ranking
from inventory_pipeline.model.causes import CAUSES
from inventory_pipeline.model.hours import HOUR

# Nobody's batch that is not declared comes more seldom than this; a nightly one is known.
PATIENCE = timedelta(hours=6)
# Causes that say a word never came.
LOST = (
    "movement_dropped", "decrement_missing", "good_return_not_restocked", "count_written_once",
    "threepl_confirmation_missing",
)  # fmt: skip


def find_doubts(case: Case, account: Account | None, ranking: Ranking) -> tuple[str, ...]:
    """Return why the best hypothesis is not proven; empty: it is.

    Returns:
        Reasons in plain words, most basic first.
    """
    if not ranking.hypotheses:
        return ("nothing explains the gap to the unit",)
    best = ranking.hypotheses[0]
    tests = (
        *_test_books(account, best),
        *_test_absence(case, best),
        *_test_rivals(case, ranking, best),
    )
    doubts = tuple(reason for failed, reason in tests if failed)
    if not doubts and account is not None and not is_told_alike(case, account):
        return ("it began before both last agreed, and may be over",)
    return doubts


def _test_books(account: Account | None, best: Hypothesis) -> tuple[tuple[bool, str], ...]:
    """Return what is against it where the books are not whole or do not name what is claimed."""
    return (
        (account is None, "the mirror keeps no log of its own"),
        (not all(CAUSES[c.cause].is_provable for c in best.claims), "this cause is for a person"),
        (not all(c.ids for c in best.claims), "no record names it"),
        (
            account is not None and account.mirror_rest != 0,
            "the mirror's log does not account for the mirror's number",
        ),
        (
            account is not None and account.owner_rest != 0,
            "the owner's movements do not account for the owner's number",
        ),
        (not all(c.is_proven_by_ids for c in best.claims), "the ledgers do not name each other"),
    )


def _test_absence(case: Case, best: Hypothesis) -> tuple[tuple[bool, str], ...]:
    """Return what is against it where a missing word may be late, elsewhere, or mended."""
    return (
        (_has_hole(case, best), "a log was silent when it should have told"),
        (_is_unheard_path(case, best), "no addition is known to come through this path at all"),
        (_is_told_otherwise(case, best), "the mirror knows of it already, under another name"),
        (_is_one_of_two(case, best), "another of its size was lost as well, and one was mended"),
        (_is_still_coming(case, best), "the mirror has told of nothing since, or it is queued"),
        (
            bool(case.receipts) or _is_corrected_since(case),
            "a correction is on its way already",
        ),
    )


def _test_rivals(case: Case, ranking: Ranking, best: Hypothesis) -> tuple[tuple[bool, str], ...]:
    """Return what is against it where something else may be at work as well."""
    return (
        (_is_of_many(case, best), "other items there ignore just their open orders as well"),
        (_has_twin(case, best), "another item is off by as much the other way since that hour"),
        (bool(case.qualifiers), "a snapshot was late or not whole"),
        (_has_rival(ranking, best), "another cause with another remedy holds as well"),
        (_has_change(case), "a setting changed in the window"),
    )


def _has_rival(ranking: Ranking, best: Hypothesis) -> bool:
    """Return whether another hypothesis with records of its own asks for something else."""
    wanted = _sum_corrections(best)
    return any(
        _sum_corrections(other) != wanted and any(c.strength >= BY_RECORD for c in other.claims)
        for other in ranking.hypotheses[1:]
    )


def _has_hole(case: Case, best: Hypothesis) -> bool:
    """Return whether a log is silent where it should tell: absence is no proof then."""
    return any(
        claim.at is None
        or any(
            at <= claim.at + case.delay + HOUR and claim.at < at + 2 * HOUR for at in case.silent_at
        )
        for claim in best.claims
        if case.silent_at
    )


def _is_unheard_path(case: Case, best: Hypothesis) -> bool:
    """Return whether a lost addition may as well be a path that carries none any more."""
    lost = [c for c in best.claims if c.cause in LOST and c.units < 0 and c.at is not None]
    heard = case.addition_heard_at
    return any(heard is None or (c.at is not None and heard <= c.at) for c in lost)


def _is_still_coming(case: Case, best: Hypothesis) -> bool:
    """Return whether a word that is missing may yet come: a late batch, a queue."""
    for claim in best.claims:
        if claim.cause not in LOST or claim.at is None:
            continue
        if _is_queued(case, set(claim.ids)) or _has_come_since(case, set(claim.ids)):
            return True
        due_at = claim.at + case.delay
        if case.heard_until is None or case.heard_until <= due_at:
            return True
        lost = _find_lost(case, claim)
        if case.points[-1].at <= due_at + PATIENCE and not _is_overtaken(case, lost):
            return True
    return False


def _has_come_since(case: Case, names: Set[str]) -> bool:
    """Return whether the log tells of one of these records after the number was read."""
    read_at = case.points[-1].at - CLOCKS
    return any(row.at > read_at and row.reference_id in names for row in case.log or ())


def _is_corrected_since(case: Case) -> bool:
    """Return whether a correction of ours arrived when the number had just been read."""
    ours = {name for name, _ in case.sent}
    if not ours or not case.points:
        return False
    read_at = case.points[-1].at - CLOCKS
    arrived = (m.processed_at for m in case.messages or () if m.reference_id in ours)
    return any(at is not None and at > read_at for at in arrived) or _has_come_since(case, ours)


def _is_queued(case: Case, names: Set[str]) -> bool:
    """Return whether the middleware has a word of these records and has not delivered it."""
    about = [m for m in case.messages or () if {m.reference_id, m.event_id} & names]
    done = {m.event_id for m in about if m.processed_at is not None}
    return any(m.event_id not in done and m.status.lower() not in GIVEN_UP for m in about)


def _find_lost(case: Case, claim: Claim) -> Move | None:
    """Return the movement that a claim says was lost."""
    named = [m for m in case.moves or () if m.movement_id in claim.ids[:1]]
    return next((m for m in named if m.is_own and m.effect), named[0] if named else None)


def _list_told(case: Case) -> Set[str]:
    return {name for row in case.log or () for name in (row.reference_id, row.change_id)}


def _is_overtaken(case: Case, lost: Move | None) -> bool:
    """Return whether the mirror told of a later movement of the item, of the same teller and way.

    A path that sends in batches nobody declared keeps what is late in order.
    """
    told = _list_told(case)
    return lost is not None and any(
        m.at > lost.at
        and m.system == lost.system
        and m.effect * lost.effect > 0
        and not told.isdisjoint(m.names)
        for m in case.moves or ()
    )


def _is_told_otherwise(case: Case, best: Hypothesis) -> bool:
    """Return whether the mirror has told of a transaction that it is said not to know.

    A return that was put on sale when it was announced, a part of a set that the mirror counts
    under the name of the set, what it wrote to another item or place.
    """
    told = {row.reference_id for row in case.log or ()}
    lost = [claim for claim in best.claims if claim.cause in LOST]
    names = {name for claim in lost for name in claim.ids}
    unasked = {m.movement_id for m in case.moves or () if not m.effect}
    strays = {stray.movement_id for stray in case.strays}
    moves = [_find_lost(case, claim) for claim in lost]
    return bool(names & told & unasked | names & strays) or any(m and m.other_sku for m in moves)


def _is_one_of_two(case: Case, best: Hypothesis) -> bool:
    """Return whether another movement of the size is missing as well, made good meanwhile."""
    told = _list_told(case)
    since = case.points[0].at if case.points else None
    silent = [
        m.effect
        for m in case.moves or ()
        if m.effect and since and m.at > since and told.isdisjoint(m.names)
    ]
    lost = [_find_lost(case, c) for c in best.claims if c.cause in LOST]
    sizes = [m.effect for m in lost if m]
    return bool(case.sent) and any(silent.count(size) > sizes.count(size) for size in sizes)


def _is_of_many(case: Case, best: Hypothesis) -> bool:
    """Return whether orders seem lost item by item where a path takes none off at all."""
    is_lost = any(claim.cause == "decrement_missing" for claim in best.claims)
    return is_lost and is_open_orders(case) and case.like_orders > 0


def _has_twin(case: Case, best: Hypothesis) -> bool:
    """Return whether what is lost here may have been written to another item of the place."""
    lost = {claim.units for claim in best.claims if claim.cause in LOST}
    newest = find_jumps(case.points)[-1:] if case.points else ()
    return any(
        peer.sku != case.sku
        and (peer.mirror, peer.location_id) == (case.mirror, case.location_id)
        and peer.jump_at == jump.high
        and -peer.jump_units in lost
        and not peer.is_explained
        for peer in case.peers
        for jump in newest
    )


def _sum_corrections(hypothesis: Hypothesis) -> int | None:
    corrections = [claim.correction for claim in hypothesis.claims]
    if any(units is None for units in corrections):
        return None
    return sum(units for units in corrections if units is not None)


def _has_change(case: Case) -> bool:
    start = case.points[0].at if case.points else None
    return any(
        (start is None or change.at >= start)
        and change.system in {case.mirror, case.owner}
        and is_about(case, change)
        for change in case.changes or ()
    )

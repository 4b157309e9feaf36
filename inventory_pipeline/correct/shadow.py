"""Shadow: what became of corrections that the assistant would have made, had it been allowed.

This is what a person looks at before the assistant is: how often a later hour said otherwise.
"""

from collections.abc import Sequence
from typing import Any

from inventory_pipeline.model.causes import UNKNOWN
from inventory_pipeline.store.journal import Journal

Row = dict[str, Any]


def judge_shadows(journal: Journal, gaps: Sequence[Row]) -> int:
    """Write down what an hour says of earlier would-be corrections; return how many it judged.

    Args:
        gaps: the open gaps of the hour with their cause.
    """
    waiting = journal.query(
        "select proposal_id, finding_id, cause from proposals "
        "where shadow = 'would' and judged = '' and decision in ('flagged', 'superseded')"
    )
    now = {gap["finding_id"]: gap for gap in gaps}
    judged = [(row, say(row, now.get(row["finding_id"]))) for row in waiting]
    return journal.execute_many(
        "update proposals set judged = :judged where proposal_id = :proposal_id",
        [{"proposal_id": row["proposal_id"], "judged": word} for row, word in judged if word],
    )


def say(proposal: Row, gap: Row | None) -> str:
    """Return what a later hour says: it cleared by itself, or has another cause; or nothing yet."""
    if gap is None:
        return "cleared by itself"
    cause = gap["cause"] or UNKNOWN
    if cause != proposal["cause"]:
        return f"another cause: {cause}"
    return ""

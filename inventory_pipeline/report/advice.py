"""What a finding of each class is called, and what a person does next about it."""

from inventory_pipeline.report.summary import FindingLine
from inventory_pipeline.report.words import neutralise, render_units

# class: (title, what next); {mirror} and {expected} are filled in.
_WORDS = {
    "sync_drift": (
        "numbers drift apart",
        "Compare {mirror}'s change log with the owner's movements; a re-run will not mend it.",
    ),
    "phantom_stock": (
        "sells what is not there",
        "Lower {mirror} to {expected} before it is sold; count the bin if the owner is in doubt.",
    ),
    "false_stockout": (
        "hides goods that are there",
        "Raise {mirror} to {expected}; find the restock or return it never heard of.",
    ),
    "ghost": (
        "the owner does not know it",
        "Map the id in identities.csv, or delist it at {mirror}.",
    ),
    "absent": ("not listed there", "List or map the item at {mirror}."),
    "shrinkage": (
        "units gone, no movement says why",
        "Open an investigation: theft, miscount, damage or wrong bin. A sync cannot mend it.",
    ),
    "misplaced": ("lies in another bin", "Correct the bin, not the count."),
    "stockout": ("truly out of stock", "Reorder; there is nothing to correct."),
    "authority_gap": ("no owner", "Name one owner for this fact; until then nothing is judged."),
    "authority_bug": ("several owners", "Keep one owner for this fact; the others are mirrors."),
    "non_owner_write": (
        "written by a system that does not own it",
        "Take the write access from {mirror}, or make it send a movement to the owner.",
    ),
    "ordering": ("an older message won", "Order by sequence at {mirror}; replay in order."),
    "stale": ("too old to judge", "Find out why {mirror} sent nothing new."),
    "structural": (
        "too many drift at once, or one by the same gap again and again",
        "Do not fix items one by one: audit triggers, rules and middleware of the worst mirror.",
    ),
    "handoff": ("a handoff is broken", "Ask the one responsible for the path to mend it."),
    "rule": ("a rule is missing or outdated", "Document or review the mirror's rule."),
    "return": ("a return is unfinished", "Confirm the box, then restock or write off."),
    "transfer": ("a transfer is unfinished", "Count at the destination; close the transfer."),
    "negative_stock": (
        "below zero",
        "Nothing can be below zero on a shelf: find the receipt that was never posted.",
    ),
    "integrity": ("does not add up", "Compare the bins or parts with their total."),
}


def render_title(finding: FindingLine) -> str:
    """Name the trouble in a few plain words."""
    return _WORDS.get(finding.finding_class, (finding.finding_class.replace("_", " "), ""))[0]


def render_next(finding: FindingLine) -> str:
    """Say what a person does next."""
    _, advice = _WORDS.get(finding.finding_class, ("", ""))
    advice = advice or "Look at it with: inventory-pipeline explain."
    return advice.format(
        mirror=neutralise(finding.mirror) or "the mirror",
        expected=render_units(finding.expected_units),
    )

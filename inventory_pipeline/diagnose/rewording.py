"""The gate of a reworded sentence: grounded, short, plain, or it is not used."""

import json
import re
import unicodedata
from collections.abc import Sequence

from inventory_pipeline.diagnose.grounding import find_new, list_tokens

# A rewording is no essay.
LONGER_BY, LONGEST = 1.3, 900
# What no next step may ever say (DIA-18), and what would make a text act.
_BANNED = re.compile(
    r"re-?run|run (it|the sync|this) again|replac\w* (the|this|your) (app|application|system|"
    r"platform|erp|wms|storefront)|migrat|switch to|://|www\.|@|mailto|javascript",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"[<>{}`*#|\[\]\\]|^\s*[-•]\s", re.MULTILINE)
_HEDGES = ("most likely", "perhaps")
_HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def choose(sentence: str, evidence: str, answer: str | None) -> str:
    """Return the answer where it passes the gate, else the sentence."""
    return sentence if answer is None or find_faults(sentence, evidence, answer) else answer


def find_faults(sentence: str, evidence: str, answer: str) -> Sequence[str]:
    """Return why a reworded sentence may not be shown; empty: it may.

    Every number and id must stand in the evidence or in the sentence, and every number and id
    of the sentence must still be there: nothing added, nothing lost.
    """
    known = json.loads(evidence or "{}")
    lost = set(list_tokens(sentence)) - set(list_tokens(answer))
    added = find_new(answer, sentence, known)
    tests = (
        (not answer.strip(), "it is empty"),
        (len(answer) > min(LONGEST, LONGER_BY * len(sentence) + 40), "it is too long"),
        (any(unicodedata.category(c) in _HIDDEN for c in answer), "it holds hidden characters"),
        (bool(_MARKUP.search(answer)) and not _MARKUP.search(sentence), "it holds markup"),
        (bool(_BANNED.search(answer)), "it says what no next step may say"),
        (bool(added), f"it adds {', '.join(added[:3])}"),
        (bool(lost), f"it lost {', '.join(sorted(lost)[:3])}"),
        (
            any(hedge in sentence and hedge not in answer.lower() for hedge in _HEDGES),
            "it is surer than the evidence",
        ),
    )
    return [reason for failed, reason in tests if failed]

"""The verdict on one case: the cause, how sure it is, and what a person needs to see."""

import json
from collections.abc import Set
from dataclasses import dataclass
from typing import Any

from inventory_pipeline.diagnose.calibration import calibrate
from inventory_pipeline.diagnose.case import Case
from inventory_pipeline.diagnose.catalogue import find_claims
from inventory_pipeline.diagnose.claim import Claim
from inventory_pipeline.diagnose.proof import find_doubts
from inventory_pipeline.diagnose.scene import INFERRED, Scene
from inventory_pipeline.diagnose.weigh import Ranking, rank
from inventory_pipeline.model.causes import CAUSES, UNKNOWN

# Below this share of the belief nobody needs to hear of a rival.
LEAST_RIVAL = 0.01


@dataclass(frozen=True)
class Verdict:
    """What diagnosis says of one finding in one hour; a row of ``diagnose.verdicts``.

    Attributes:
        confidence: how often such an answer is right.
        share: of the belief, before it is made into a confidence.
    """

    case: Case
    cause: str
    confidence: float
    doubts: tuple[str, ...]
    claims: tuple[Claim, ...]
    rivals: tuple[tuple[str, float], ...]
    tier: str
    share: float = 1.0

    @property
    def is_proven(self) -> bool:
        return not self.doubts

    @property
    def explained_units(self) -> int:
        return sum(claim.units for claim in self.claims)

    @property
    def correction_units(self) -> int | None:
        """Return what would put the mirror right; None where nothing should be sent."""
        units = [claim.correction for claim in self.claims]
        return None if not units or None in units else sum(u for u in units if u is not None)


def judge(case: Case, priors: dict[str, float], *, hidden: Set[str] = frozenset()) -> Verdict:
    """Return the verdict on one case; ``hidden`` causes are not known, see ``find_claims``."""
    scene = Scene(case)
    claims = find_claims(scene, hidden=hidden)
    ranking = rank(case, claims, priors, account=scene.account)
    tier = find_tier(case)
    cause = _choose(ranking)
    chosen = ranking.hypotheses[0].claims if cause != UNKNOWN else ()
    doubts = find_doubts(case, scene.account, ranking) if chosen else ("no cause is named",)
    confidence = (
        calibrate(ranking.shares[cause], tier=find_steps(case), is_proven=not doubts)
        if chosen
        else 0.0
    )
    rivals = sorted(
        ((c, s) for c, s in ranking.shares.items() if c != cause and s >= LEAST_RIVAL),
        key=lambda pair: (-pair[1], pair[0]),
    )
    share = ranking.shares[cause]
    return Verdict(case, cause, confidence, doubts, chosen, tuple(rivals), tier, share)


def _choose(ranking: Ranking) -> str:
    """Return the likeliest main cause; unknown wins when nothing speaks louder."""
    if not ranking.hypotheses:
        return UNKNOWN
    best = ranking.hypotheses[0].main.cause
    return best if ranking.shares[best] > ranking.shares[UNKNOWN] else UNKNOWN


def find_steps(case: Case) -> str:
    """Return which steps of the calibration speak for a case.

    A row without an owner, or a count beside its record, is seen whole by whoever sees it.
    """
    return find_tier(case) if case.kind == "gap" else "T2"


def find_tier(case: Case) -> str:
    """Return T0, T1 or T2: what was there to see."""
    if case.log is not None:
        return "T2"
    told = [m for m in case.moves or () if m.kind != INFERRED]
    return "T1" if told else "T0"


def render_row(verdict: Verdict) -> dict[str, Any]:
    """Return the row of ``diagnose.verdicts``, without hour, key and what ``telling`` adds."""
    case, cause = verdict.case, CAUSES[verdict.cause]
    return {
        "finding_id": case.finding_id,
        "fact": case.fact,
        "mirror": case.mirror,
        "cause": cause.name,
        "confidence": round(verdict.confidence, 6),
        "is_proven": verdict.is_proven,
        "fix_class": cause.fix_class,
        "layer": cause.layer,
        "rivals": _render([{"cause": c, "share": round(s, 4)} for c, s in verdict.rivals]),
        "what_would_settle_it": find_settling(verdict),
        "explained_units": verdict.explained_units,
        "unexplained_units": case.delta - verdict.explained_units,
        "correction_units": verdict.correction_units,
        "also": _render([claim.cause for claim in verdict.claims[1:]]),
    }


def find_settling(verdict: Verdict) -> str:
    """Return what would settle it; empty: it is settled."""
    if verdict.is_proven:
        return ""
    if verdict.claims:
        return verdict.claims[0].settles
    if verdict.tier == "T2":
        return "a count of the bin, and a look at the mirror's own history of the item"
    return (
        "the mirror's own change log of the item"
        if verdict.tier == "T1"
        else ("the owner's movements and the mirror's change log")
    )


def _render(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)

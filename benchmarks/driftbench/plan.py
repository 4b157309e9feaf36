"""Plan: which shops are simulated, and which causes are kept from the catalogue."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import Literal

Kind = Literal["mixed", "hard", "quiet"]

PROFILES = ("handmade", "omnichannel", "threepl", "transfers", "flash")
TIERS = (2, 1, 0)
DEVELOPMENT = (101, 102, 103, 104, 105, 106)
ACCEPTANCE_COUNT = len(DEVELOPMENT)
# Long enough for a return to be overdue, and for two nightly batches.
HOURS = 36
# Causes that are hidden together: what is known of one gives the others away.
FAMILIES: tuple[frozenset[str], ...] = (
    frozenset({"double_decrement", "event_duplicated"}),
    frozenset({"decrement_missing", "movement_dropped", "receipt_not_posted",
               "threepl_confirmation_missing", "good_return_not_restocked",
               "count_written_once", "additions_not_propagated"}),
    frozenset({"stale_overwrite", "stale_retry", "our_echo_or_loop"}),
    frozenset({"return_credited_early", "return_never_arrived", "damaged_return_restocked"}),
    frozenset({"safety_stock_rule", "field_mapping", "channel_reservation", "truth_moment"}),
    frozenset({"location_pool", "sku_mapping", "bundle_component", "unit_factor"}),
    frozenset({"manual_edit_mirror", "owner_edited_without_movement", "foreign_bulk_script"}),
)  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """One simulated shop.

    Attributes:
        tier: how much can be seen: 0 counts, 1 also movements, 2 everything.
        hidden: causes that a second reading of the same cases does without.
        kind: ``mixed`` as the profile has it; ``hard``, see there; ``quiet``: nothing goes
            wrong, and the logs are as noisy as ever.
    """

    profile: str
    tier: int
    seed: int
    hours: int
    hidden: frozenset[str]
    kind: Kind = "mixed"

    @property
    def is_quiet(self) -> bool:
        return self.kind == "quiet"

    @property
    def name(self) -> str:
        kind = "" if self.kind == "mixed" else f" {self.kind}"
        return f"{self.profile} seed {self.seed} T{self.tier}{kind}"


def plan_shops(split: str, *, is_quick: bool) -> list[Plan]:
    """Return the shops of a split, those with most to see first.

    Tier 2 is where fixes are proven, so it has every seed; the others have every second.
    """
    seeds = find_seeds(split)[: 1 if is_quick else None]
    return [
        plan
        for number, seed in enumerate(seeds)
        for place, profile in enumerate(PROFILES)
        for plan in _plan_profile(profile, place, seed, number, split)
    ]


def _plan_profile(profile: str, place: int, seed: int, number: int, split: str) -> Iterator[Plan]:
    """Yield the shops of one profile and seed; no two profiles draw the same faults.

    In turns one profile of a seed has its quiet days, and another its hard ones.
    """
    own = seed * len(PROFILES) + place
    hidden = find_hidden(split, number)
    for tier in TIERS if number % 2 == 0 else TIERS[:1]:
        yield Plan(profile, tier, own, HOURS, hidden)
    turn = (place + number) % len(PROFILES)
    if turn == 1:
        yield Plan(profile, 2, own, HOURS, hidden, "quiet")
    if turn == 2:
        yield Plan("omnichannel", 2, own, HOURS, hidden, "hard")


def find_seeds(split: str) -> tuple[int, ...]:
    """Return the seeds of a split; those of acceptance follow from the version."""
    if split == "development":
        return DEVELOPMENT
    return tuple(_draw(f"seed {number}") for number in range(ACCEPTANCE_COUNT))


def find_hidden(split: str, number: int) -> frozenset[str]:
    """Return the hidden family: one for a whole release, in turns while developing."""
    place = number if split == "development" else _draw("family")
    return FAMILIES[place % len(FAMILIES)]


def find_version() -> str:
    """Return the version whose hash the acceptance seeds are drawn from."""
    return version("inventory-pipeline")


def _draw(what: str) -> int:
    digest = hashlib.sha256(f"{find_version()} {what}".encode()).digest()
    return int.from_bytes(digest[:4], "big")

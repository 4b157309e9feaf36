"""Profiles: a shop, how noisy its logs are, and which faults befall it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inventory_pipeline.errors import UsageError
from inventory_pipeline.simulator.faults.fault import Fault
from inventory_pipeline.simulator.faults.story import build_demo_faults
from inventory_pipeline.simulator.layout import Layout
from inventory_pipeline.simulator.noise import SILENCE, Noise
from inventory_pipeline.simulator.scenarios import QUIET_LOGS, SCENARIOS
from inventory_pipeline.simulator.shops import (
    FLASH,
    HANDMADE,
    LANTERN,
    OMNICHANNEL,
    THIRD_PARTY,
    TRANSFERS,
)

Mix = Mapping[str, int]


@dataclass(frozen=True)
class Profile:
    """A named shop.

    Attributes:
        mix: faults by cause, ``a+b`` for several on one key; or their number, drawn.
        story: faults that are always the same ones; no mix is asked for then.
    """

    name: str
    summary: str
    layout: Layout
    noise: Noise = SILENCE
    mix: Mix | int = 0
    story: bool = False

    def tell_story(self) -> Sequence[Fault]:
        """Return fresh faults of the story, each at its hour after the start."""
        return build_demo_faults() if self.story else ()


_NOISY = Noise()
_BUGS = tuple(
    Profile(each.name, each.story, each.layout, QUIET_LOGS, each.mix) for each in SCENARIOS
)
PROFILES = {
    profile.name: profile
    for profile in (
        Profile("demo", "a small shop with a handful of labelled faults", LANTERN, story=True),
        Profile("quiet", "the same shop on days when nothing goes wrong", LANTERN),
        Profile("handmade", "one workshop, one storefront, nightly books", HANDMADE, _NOISY, 18),
        Profile("omnichannel", "a store, a 3PL, a second channel", OMNICHANNEL, _NOISY, 30),
        Profile(
            "threepl", "most goods at two 3PL sites, four-hourly books", THIRD_PARTY, _NOISY, 28
        ),
        Profile("transfers", "four places, goods always on the road", TRANSFERS, _NOISY, 28),
        Profile("flash", "hours of ten times the orders", FLASH, _NOISY, 24),
        *_BUGS,
    )
}


def find_profile(name: str) -> Profile:
    """Return the profile called ``name``.

    Raises:
        UsageError: there is none; the message names those there are.
    """
    if name not in PROFILES:
        known = ", ".join(sorted(PROFILES))
        raise UsageError(f"{name!r} is no profile of the simulator; known are: {known}")
    return PROFILES[name]

"""Profiles: which faults befall the shop, and when. The shop itself is the same."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from inventory_pipeline.errors import UsageError
from inventory_pipeline.simulator.faults.fault import Fault
from inventory_pipeline.simulator.faults.files import CutFile, SourceOutage
from inventory_pipeline.simulator.faults.hearing import (
    DoubleDecrement,
    DroppedReceipt,
    DroppedShipment,
    SubtractOnly,
)
from inventory_pipeline.simulator.faults.touching import (
    FalseStockout,
    GhostRow,
    ManualEdit,
    MissingRow,
    Oversell,
    UnitFactor,
)


@dataclass(frozen=True)
class Profile:
    """A named set of faults; ``make_faults`` gives fresh ones for each run."""

    name: str
    summary: str
    make_faults: Callable[[], Sequence[Fault]]


def _make_demo_faults() -> Sequence[Fault]:
    """Return the faults of the demo, each at its hour after the start."""
    return (
        DoubleDecrement(7),
        ManualEdit(10),
        DroppedReceipt(15),
        DroppedShipment(16),
        GhostRow(20),
        MissingRow(22),
        UnitFactor(24),
        FalseStockout(30),
        Oversell(33),
        SubtractOnly(40),
        SourceOutage(46),
        CutFile(62),
    )


PROFILES = {
    profile.name: profile
    for profile in (
        Profile("demo", "a small shop with a handful of labelled faults", _make_demo_faults),
        Profile("quiet", "the same shop on days when nothing goes wrong", tuple[Fault, ...]),
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

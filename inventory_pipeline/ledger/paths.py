"""Paths: how news travels on each declared handoff, and how old it can be when it arrives."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from inventory_pipeline.config.facts import Handoff
from inventory_pipeline.config.models import Settings
from inventory_pipeline.config.systems import Sync
from inventory_pipeline.model.movements import KINDS, ON_HAND_SIGN, ORDER_MOMENT_SIGN

DAY = timedelta(days=1)
NOTHING = timedelta()


@dataclass(frozen=True)
class Path:
    """One declared handoff, and how news travels on it.

    Attributes:
        sync: the path's own, else the target's.
        reading: how old what the target shows can be beside: its own poll of what arrived.
        kinds: movements of the source that its target must hear of on this path.
    """

    handoff: Handoff
    sync: Sync
    reading: timedelta
    kinds: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.handoff.path

    @property
    def source(self) -> str:
        return self.handoff.source

    @property
    def target(self) -> str:
        return self.handoff.target

    @property
    def key(self) -> tuple[str, str, str]:
        """Return what tells it from every other one."""
        return self.name, self.source, self.target

    @property
    def interval(self) -> timedelta | None:
        """Return the time between two runs; None for a push and for a poll by no clock."""
        if self.sync.trigger == "batch":
            return self.sync.every or DAY
        return self.sync.every if self.sync.trigger == "poll" else None

    @property
    def worst_lag(self) -> timedelta:
        """Return how old news can be when it arrives: an interval, or a push's normal delay."""
        if self.sync.trigger == "event":
            return self.handoff.max_delay
        return self.interval or NOTHING


def build_paths(settings: Settings) -> list[Path]:
    """Return every declared handoff, in the order of the file."""
    return [_build(handoff, settings) for handoff in settings.handoffs]


def _build(handoff: Handoff, settings: Settings) -> Path:
    theirs = settings.systems[handoff.target].sync
    own = handoff.sync
    is_read_again = own is not None and own.trigger != "poll" and theirs.trigger == "poll"
    return Path(
        handoff=handoff,
        sync=own or theirs,
        reading=(theirs.every or NOTHING) if is_read_again else NOTHING,
        kinds=_find_kinds(handoff, settings),
    )


def _find_kinds(handoff: Handoff, settings: Settings) -> tuple[str, ...]:
    """Return what must be told: whatever moves the target's number, and a 3PL's shipments.

    A path that names no kind, or a fact, carries them all.
    """
    target, source = settings.systems[handoff.target], settings.systems[handoff.source]
    signs = ORDER_MOMENT_SIGN if target.decrements_at == "order" else ON_HAND_SIGN
    named = set(handoff.carries) & set(KINDS)
    carried = named if named and named == set(handoff.carries) else set(KINDS)
    confirms = {"shipment"} if source.role == "threepl" else set()
    return tuple(kind for kind in KINDS if kind in carried and (signs[kind] or kind in confirms))


def compute_chain_lags(
    paths: Sequence[Path], owners: Sequence[str]
) -> dict[tuple[str, str, str], timedelta]:
    """Return for each path how old news from the owner can be at its end.

    It is the path's own lag after the quickest way from an owner to its source. What starts
    at an owner, ends at one, or is reached from none, has only its own.
    """
    quickest = _find_quickest(paths, owners)
    return {
        path.key: path.worst_lag
        + path.reading
        + (NOTHING if path.target in owners else quickest.get(path.source, NOTHING))
        for path in paths
    }


def _find_quickest(paths: Sequence[Path], owners: Sequence[str]) -> dict[str, timedelta]:
    """Return system → the least worst lag of any way from an owner to it."""
    found = dict.fromkeys(owners, NOTHING)
    for _ in paths:  # each round reaches one handoff further
        for path in paths:
            if path.source in found and path.target not in owners:
                lag = found[path.source] + path.worst_lag + path.reading
                found[path.target] = min(lag, found.get(path.target, lag))
    return found

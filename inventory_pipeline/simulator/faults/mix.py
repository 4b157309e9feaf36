"""The mix: how many faults of which cause befall a shop, and where and when each strikes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from random import Random

from inventory_pipeline.errors import UsageError
from inventory_pipeline.simulator.faults.fault import Fault
from inventory_pipeline.simulator.faults.files import CutFile, LostPage
from inventory_pipeline.simulator.faults.planned import Planned, Spot
from inventory_pipeline.simulator.faults.registry import KINDS, SNAPSHOT, WEIGHTS
from inventory_pipeline.simulator.faults.spots import Spots, draw_hour
from inventory_pipeline.simulator.layout import Layout
from inventory_pipeline.simulator.noise import Noise
from inventory_pipeline.simulator.shop import Goods

# Cause → how many; ``a+b`` for several on one number; or how many in all.
Mix = Mapping[str, int] | int
MAX_TOGETHER = 3
# Where a mix only says how many: the share of them that are two or three on one number.
COMPOUND_SHARE = 0.2
THREE_SHARE = 0.25


class Planner:
    """Turns a mix into faults with goods and hours."""

    def __init__(
        self, goods: Goods, layout: Layout, *, start: datetime, hours: int, stream: Random
    ) -> None:
        self._layout = layout
        self._start = start
        self._hours = hours
        self._stream = stream
        self._spots = Spots(goods, layout, stream)

    def plan(self, mix: Mix) -> list[Fault]:
        """Return the faults of a mix.

        Raises:
            UsageError: an unknown cause, causes that cannot stand together, or no room.
        """
        if isinstance(mix, int):
            return self._plan_any(mix)
        wanted = [(name, parse_causes(name)) for name, count in mix.items() for _ in range(count)]
        # What is hard to place goes first; the order of the mix does not matter.
        wanted.sort(key=lambda case: (find_rank(case[1]), case[0]))
        faults: list[Fault] = []
        for name, causes in wanted:
            placed = self._place(causes)
            if placed is None:
                raise UsageError(
                    f"the shop has no room for {name!r} after {len(faults)} faults of "
                    f"{len(wanted)}; ask for fewer, or for another profile"
                )
            faults += placed
        return faults

    def _plan_any(self, count: int) -> list[Fault]:
        """Return ``count`` cases drawn by weight, as many of them as find room."""
        drawn = [draw_causes(self._stream) for _ in range(count)]
        faults: list[Fault] = []
        for causes in sorted(drawn, key=lambda causes: (find_rank(causes), causes)):
            faults += self._place(causes) or ()
        return faults

    def _place(self, causes: Sequence[str]) -> list[Fault] | None:
        if SNAPSHOT in causes:
            return [self._plan_file()]
        kinds = [KINDS[cause] for cause in causes]
        spot = self._spots.find(kinds)
        if spot is None:
            return None
        return [self._build(kind, spot, kinds) for kind in kinds]

    def _build(self, kind: type[Planned], spot: Spot, together: Sequence[type[Planned]]) -> Planned:
        hour = draw_hour(
            [kind], spot, self._layout, start=self._start, hours=self._hours, stream=self._stream
        )
        fault = kind(hour, spot)
        fault.spread(self._layout)
        return fault

    def _plan_file(self) -> Fault:
        return draw_file_fault(self._layout, self._hours, self._stream)


def draw_file_fault(layout: Layout, hours: int, stream: Random) -> Fault:
    """Return a counts file that does not arrive whole, of any system but in the first hours."""
    system = stream.choice(layout.systems)
    kind = stream.choice((CutFile, LostPage))
    if "counts" in layout.find_style(system).formats:
        # A binary file that is cut cannot be read at all; a page can be missing from none.
        kind = CutFile
    return kind(stream.randint(min(2, hours - 1), hours - 1), system)


def parse_causes(name: str) -> tuple[str, ...]:
    """Read ``a`` or ``a+b+c``.

    Raises:
        UsageError: an unknown cause, too many, or some that never stand beside another.
    """
    causes = tuple(part.strip() for part in name.split("+"))
    for cause in causes:
        if cause not in KINDS and cause != SNAPSHOT:
            known = ", ".join(sorted((*KINDS, SNAPSHOT)))
            raise UsageError(f"{cause!r} is no cause of the catalogue; known are: {known}")
    if len(causes) > MAX_TOGETHER:
        raise UsageError(f"{name!r} is {len(causes)} causes, wanted at most {MAX_TOGETHER}")
    if len(causes) > 1:
        lone = [cause for cause in causes if not is_sociable(cause)]
        if lone:
            fit = ", ".join(find_sociable())
            raise UsageError(f"{lone[0]!r} never stands beside another; these do: {fit}")
    return causes


def is_sociable(cause: str) -> bool:
    """Return whether a cause can stand beside another on one number."""
    kind = KINDS.get(cause)
    return kind is not None and kind.shape == "key" and not kind.is_lone


def find_sociable() -> list[str]:
    """Return the causes that can stand beside another."""
    return sorted(cause for cause in KINDS if is_sociable(cause))


def find_rank(causes: Iterable[str]) -> int:
    """Return how soon a case must be placed: those that want several keys first."""
    ranks = {"crowd": 0, "component": 1, "family": 2, "places": 3, "skus": 4, "key": 5}
    return min(ranks.get(KINDS[c].shape if c in KINDS else "", 6) for c in causes)


def draw_causes(stream: Random) -> tuple[str, ...]:
    """Return one cause, or two or three that can stand together on some mirror."""
    if stream.random() >= COMPOUND_SHARE:
        names = list(KINDS)
        return (stream.choices(names, weights=[WEIGHTS.get(name, 1) for name in names])[0],)
    count = 3 if stream.random() < THREE_SHARE else 2
    names = find_sociable()
    while True:
        drawn = tuple(stream.sample(names, count))
        if set.intersection(*(set(KINDS[name].mirrors) for name in drawn)):
            return drawn


def draw_noise_faults(layout: Layout, noise: Noise, hours: int, stream: Random) -> Iterator[Fault]:
    """Yield the counts files that noise damages."""
    expected = noise.partial_snapshots * hours * len(layout.systems)
    count = int(expected) + (stream.random() < expected % 1)
    for _ in range(count):
        yield draw_file_fault(layout, hours, stream)

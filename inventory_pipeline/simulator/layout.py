"""Layout: the shape of one shop: its places, its systems, its paths, how busy it is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property

from inventory_pipeline.simulator.opening_hours import OpeningHours
from inventory_pipeline.simulator.paths import Delay, Path
from inventory_pipeline.simulator.words import ERP, SHELF, STOREFRONT, THREEPL, Movement


@dataclass(frozen=True)
class Place:
    """One location.

    Attributes:
        keeper: the system that owns what lies there.
        share: of an item's demand that is met from here.
        names: system → what it calls the place.
        walk_ins: people who buy at the counter in an open hour.
        has_bins: whether its keeper writes down bins.
    """

    location_id: str
    keeper: str
    shift: OpeningHours
    share: float
    names: Mapping[str, str] = field(default_factory=dict)
    walk_ins: float = 0.0
    has_bins: bool = False


@dataclass(frozen=True)
class Style:
    """How one system writes its change log, and in which file formats it exports.

    Attributes:
        reference: ``movement``, ``order`` (the document behind it) or ``event``.
        operation: ``add`` the difference, or ``set`` the new level.
        formats: feed → ``ndjson`` or ``parquet``; csv where it is not named.
        holds_back: rows this young at the end of an hour stand in the next hour's file.
    """

    reference: str = "movement"
    operation: str = "add"
    formats: Mapping[str, str] = field(default_factory=dict)
    holds_back: timedelta = timedelta()


@dataclass(frozen=True)
class Trade:
    """How busy the shop is.

    Attributes:
        skus: how many; None: every design of every shape.
        pace: factor on every item's demand.
        least_packs: stock on opening day beyond some days of demand.
        cancel_share, return_share, sellable_share: of orders, of their lines, of boxes.
        return_hours: (shortest, longest) from shipment to the announcement.
        travel_hours: (shortest, longest) from there to the receiving desk.
        promotions: how many windows of higher demand a day, and of how many items' share.
        peaks: how many hours of many times the orders a day.
        bundles: how many sets are sold.
        transfers: between places, in a day.
        late_scans: share of movements that are written down some minutes after the fact.
    """

    skus: int | None = None
    pace: float = 1.0
    least_packs: int = 4
    cancel_share: float = 0.03
    return_share: float = 0.08
    sellable_share: float = 0.8
    return_hours: tuple[int, int] = (8, 60)
    travel_hours: tuple[int, int] = (14, 60)
    promotions: float = 0.0
    peaks: float = 0.0
    bundles: int = 0
    transfers: float = 0.0
    late_scans: float = 0.0


@dataclass(frozen=True)
class Layout:
    """One shop's shape.

    Attributes:
        places: its home first.
        routes: (share of orders, places tried in turn).
        read_at: system → minute of the hour at which it is read, in order of time.
        feeds: system → feeds it can export.
        return_due_days: what the shop calls overdue.
    """

    name: str
    business: str
    places: tuple[Place, ...]
    routes: tuple[tuple[float, tuple[str, ...]], ...]
    paths: tuple[Path, ...]
    read_at: Mapping[str, timedelta]
    feeds: Mapping[str, tuple[str, ...]]
    erp_delay: Delay
    trade: Trade = Trade()
    styles: Mapping[str, Style] = field(default_factory=dict)
    return_due_days: int = 21

    @property
    def home(self) -> Place:
        return self.places[0]

    @property
    def systems(self) -> tuple[str, ...]:
        """Return the systems that are counted, in the order in which they are read."""
        return tuple(self.read_at)

    @property
    def mirrors(self) -> tuple[str, ...]:
        """Return the systems that show what others own."""
        return tuple(name for name in self.systems if name not in (SHELF, THREEPL))

    @property
    def channels(self) -> tuple[str, ...]:
        """Return the mirrors that show what is free to sell."""
        return tuple(name for name in self.mirrors if name != ERP)

    @cached_property
    def _by_id(self) -> dict[str, Place]:
        return {place.location_id: place for place in self.places}

    def find_place(self, location_id: str) -> Place:
        """Return the place of that id."""
        return self._by_id[location_id]

    def find_places_of(self, keeper: str) -> tuple[Place, ...]:
        """Return the places whose goods a system owns."""
        return tuple(place for place in self.places if place.keeper == keeper)

    def find_style(self, system: str) -> Style:
        """Return how a system writes."""
        return self.styles.get(system, Style())

    def find_sources(self, chance: float) -> tuple[str, ...]:
        """Return the places an order tries in turn; ``chance`` is evenly drawn from 0 to 1."""
        for share, places in self.routes:
            if chance < share:
                return places
            chance -= share
        return self.routes[-1][1]

    def find_paths(self, movement: Movement) -> Iterator[Path]:
        """Yield every path the movement takes, its own system's first."""
        for path in self._by_source.get((movement.system, movement.kind), ()):
            is_there = not path.places or movement.location_id in path.places
            if is_there and (not path.is_notice or self._keeps_destination(path, movement)):
                yield path

    def _keeps_destination(self, path: Path, movement: Movement) -> bool:
        return self.find_place(movement.destination_id).keeper == path.target

    @cached_property
    def _by_source(self) -> dict[tuple[str, str], list[Path]]:
        found: dict[tuple[str, str], list[Path]] = {}
        for path in self.paths:
            for kind in path.carries:
                found.setdefault((path.source, kind), []).append(path)
        return found

    def find_path(self, source: str, target: str) -> Path:
        """Return the path of goods between two systems; a channel's orders where none is."""
        fit = [
            path
            for path in self.paths
            if (path.source, path.target) == (source, target) and not path.is_notice
        ]
        return fit[0]

    def find_feed_to(self, mirror: str, location_id: str) -> Path:
        """Return the path on which a mirror hears of goods at a place."""
        return self.find_path(self.find_place(location_id).keeper, mirror)

    def find_order_path(self, mirror: str) -> Path | None:
        """Return the path on which a mirror hears of orders; None: it never does."""
        fit = [path for path in self.paths if path.target == mirror and ORDER in path.carries]
        return next((path for path in fit if path.source == STOREFRONT), None)


ORDER = "order_placed"

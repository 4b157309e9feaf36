"""Customers and the people who serve them: orders, cancellations, shipments, returns."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial

from inventory_pipeline.simulator.demand import Homecoming, Wish
from inventory_pipeline.simulator.systems.storefront import Storefront
from inventory_pipeline.simulator.words import STOREFRONT, Bundle, Key, Movement
from inventory_pipeline.simulator.world import Papers, World

# A cancellation later than this before the parcel leaves is not accepted: the picker may
# already hold the goods.
LAST_CANCELLATION = timedelta(minutes=30)
REFUND_TAKES = timedelta(minutes=12)
Line = tuple[str, int, str]


class Customers:
    """Turns wishes into orders and sees each order through.

    Attributes:
        last_shipments: key → the newest shipment of it.
    """

    def __init__(
        self, world: World, storefront: Storefront, bundles: Mapping[str, Bundle] | None = None
    ) -> None:
        self.last_shipments: dict[Key, Movement] = {}
        self._world = world
        self._storefront = storefront
        self._bundles = bundles or {}
        self._orders = 0
        self._returns = 0

    def expect(self, wish: Wish) -> None:
        """Let the customer come at the time of the wish."""
        self._world.timeline.plan(wish.at, partial(self._arrive, wish))

    def _arrive(self, wish: Wish) -> None:
        self._orders += 1
        reference_id = f"SO-{10_400 + self._orders}"
        placed = []
        for sku, units in wish.lines:
            for part, count, cause_id in self._unpack(sku, units, reference_id, wish):
                key = self._find_source(part, count, wish.sources)
                if key is not None:
                    papers = Papers(reference_id, cause_id, "checkout")
                    placed.append(self._place(key, count, papers))
        for place in self._world.layout.places:
            lines = [line for line in placed if line.location_id == place.location_id]
            if lines:
                self._fulfil(lines, wish)

    def _unpack(self, sku: str, units: int, reference_id: str, wish: Wish) -> list[Line]:
        """Return the lines that have stock of their own: of a set, its components or none."""
        bundle = self._bundles.get(sku)
        if bundle is None:
            return [(sku, units, "")]
        home = self._world.layout.home.location_id
        parts = [(part, units * each) for part, each in bundle.bill]
        if any(self._find_source(*part, wish.sources) is None for part in parts):
            return []
        papers = Papers(reference_id, actor="checkout")
        sold = self._world.note(
            "order_placed", (sku, home), units, papers=papers, system=STOREFRONT
        )
        return [(part, count, sold.movement_id) for part, count in parts]

    def _place(self, key: Key, units: int, papers: Papers) -> Movement:
        return self._world.record("order_placed", key, units, papers=papers, system=STOREFRONT)

    def _find_source(self, sku: str, units: int, sources: Sequence[str]) -> Key | None:
        """Return where the storefront believes it can ship from; none: it refuses the line."""
        for place in sources:
            if self._storefront.find_available((sku, place)) >= units:
                return sku, place
        return None

    def _fulfil(self, lines: Sequence[Movement], wish: Wish) -> None:
        timeline = self._world.timeline
        shift = self._world.layout.find_place(lines[0].location_id).shift
        leaves_at = shift.find_open_moment(wish.at + wish.picking, queue=wish.queue)
        if wish.cancels_after is not None:
            cancelled_at = wish.at + wish.cancels_after
            if cancelled_at <= leaves_at - LAST_CANCELLATION:
                timeline.plan(cancelled_at, partial(self._cancel, lines))
                return
        timeline.plan(leaves_at, partial(self._ship, lines, wish.homecoming))

    def _cancel(self, lines: Sequence[Movement]) -> None:
        for line in lines:
            self._release(line, line.units, cause_id=line.movement_id, actor="customer")

    def _ship(self, lines: Sequence[Movement], homecoming: Homecoming | None) -> None:
        """Send what is really there; what is not is refunded a little later."""
        shipped = [movement for line in lines if (movement := self._ship_line(line))]
        for movement in shipped:
            self.last_shipments[movement.key] = movement
        if homecoming and shipped:
            returned = shipped[0]
            self._world.timeline.plan(
                self._world.timeline.now + homecoming.starts_after,
                partial(self._announce_return, returned, homecoming),
            )

    def _ship_line(self, line: Movement) -> Movement | None:
        bins = self._world.pick(line.key, line.units)
        units = -sum(taken for _, taken in bins)
        shipment = None
        if units:
            papers = Papers(line.reference_id, line.movement_id, "packing")
            shipment = self._world.record("shipment", line.key, units, papers=papers, bins=bins)
        if units < line.units:
            cause_id = shipment.movement_id if shipment else line.movement_id
            self._world.timeline.plan(
                self._world.timeline.now + REFUND_TAKES,
                partial(self._release, line, line.units - units, cause_id=cause_id, actor="refund"),
            )
        return shipment

    def _release(self, line: Movement, units: int, *, cause_id: str, actor: str) -> None:
        papers = Papers(line.reference_id, cause_id, actor)
        self._world.record("order_cancelled", line.key, units, papers=papers, system=STOREFRONT)

    def _announce_return(self, shipment: Movement, homecoming: Homecoming) -> None:
        self.take_back(
            shipment.sku, shipment.units, homecoming=homecoming, cause_id=shipment.movement_id
        )

    def take_back(self, sku: str, units: int, *, homecoming: Homecoming, cause_id: str) -> str:
        """Announce a return now; return its number.

        The box comes to the home of the shop wherever it was sent from; stock waits for it.
        """
        self._returns += 1
        home = self._world.layout.home
        papers = Papers(f"RMA-{2_200 + self._returns}", cause_id, "customer")
        announced = self._world.record(
            "return_initiated", (sku, home.location_id), units, papers=papers, system=STOREFRONT
        )
        if homecoming.travels is not None:
            arrives_at = home.shift.find_open_moment(
                announced.recorded_at + homecoming.travels, queue=timedelta(minutes=45)
            )
            self._world.timeline.plan(
                arrives_at, partial(self._receive_return, announced, homecoming.disposition)
            )
        return papers.reference_id

    def find_next_return(self) -> str:
        """Return the number that the next return will have."""
        return f"RMA-{2_200 + self._returns + 1}"

    def _receive_return(self, announced: Movement, disposition: str) -> None:
        """Sellable goods go back on the shelf; damaged ones never touch the count."""
        is_good = disposition == "sellable"
        papers = Papers(announced.reference_id, announced.movement_id, "receiving", disposition)
        self._world.record(
            "return_received",
            announced.key,
            announced.units,
            papers=papers,
            bins=self._world.put(announced.key, announced.units) if is_good else (),
        )

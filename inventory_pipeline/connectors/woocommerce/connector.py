"""The WooCommerce connector: products and variations, orders and refunds, list by list."""

from typing import Any, ClassVar

from inventory_pipeline.connectors.card import Card
from inventory_pipeline.connectors.coded_rows import CodedRows
from inventory_pipeline.connectors.http import Surroundings
from inventory_pipeline.connectors.http_receiver import HttpReceiver
from inventory_pipeline.connectors.parts import PartsConnector
from inventory_pipeline.connectors.rest import RestConnector
from inventory_pipeline.connectors.woocommerce.history import History
from inventory_pipeline.connectors.woocommerce.options import (
    CARD,
    COUNTS,
    MOVEMENTS,
    ORDERS,
    PRODUCTS,
    WoocommerceOptions,
)
from inventory_pipeline.connectors.woocommerce.writer import WoocommerceWriter
from inventory_pipeline.model.delivery import Writer


class WoocommerceReader(CodedRows, RestConnector):
    """Reads one list of the shop."""

    def __init__(self, *, history: History, part: str, **place: Any) -> None:
        super().__init__(**place)
        read = history.read_order if part == ORDERS else history.read_refund
        self._readers = {MOVEMENTS: read}


class WoocommerceConnector(PartsConnector):
    """Reads stock and what moved it, and can hand out a writer that sets it."""

    options_model: ClassVar[Any] = WoocommerceOptions
    card: ClassVar[Card] = CARD

    def __init__(
        self,
        *,
        system: str,
        options: WoocommerceOptions,
        root: str,
        world: Surroundings | None = None,
    ) -> None:
        self._options, self._root, self._world = options, root, world or Surroundings()
        history = History(
            options.identify_by, options.location, options.meanings, options.refund_kind
        )

        def build(feed: str, part: str) -> WoocommerceReader:
            return WoocommerceReader(
                history=history, part=part, system=system,
                options=options.build_rest(feed, part), root=root, world=self._world,
            )  # fmt: skip

        readers = {
            feed: {part: build(feed, part) for part in parts}
            for feed, parts in options.parts.items()
        }
        super().__init__(readers, system=system)

    def build_writer(self) -> Writer | None:
        """Return the writing side; None: ``write`` is not configured."""
        options = self._options.build_rest(COUNTS, PRODUCTS)
        if options.write is None:
            return None
        receiver = HttpReceiver(options, options.write, root=self._root, world=self._world)
        return WoocommerceWriter(
            receiver, options.write, system=self._system, identify_by=self._options.identify_by
        )

"""The ShipHero connector: the graphql connector with settled options, changes read by code."""

import re
from collections.abc import Sequence
from typing import Any, ClassVar

from inventory_pipeline.connectors.card import Card
from inventory_pipeline.connectors.coded_rows import CodedRows, Found
from inventory_pipeline.connectors.graphql_desk import GraphqlDesk
from inventory_pipeline.connectors.http import HttpDoor, Surroundings
from inventory_pipeline.connectors.http_receiver import HttpReceiver
from inventory_pipeline.connectors.http_wire import Deadline
from inventory_pipeline.connectors.json_paths import Path, RowsPath, find_text
from inventory_pipeline.connectors.json_strict import decode_text, load_strictly
from inventory_pipeline.connectors.parts import WHOLE, PartsConnector, Readers
from inventory_pipeline.connectors.shiphero.changes import Changes, describe_breaks
from inventory_pipeline.connectors.shiphero.counts import CountsReader
from inventory_pipeline.connectors.shiphero.options import (
    CARD,
    COUNTS,
    MOVEMENTS,
    NO_CREDITS,
    SELL_AHEAD,
    ShipheroOptions,
)
from inventory_pipeline.connectors.shiphero.writer import ShipheroWriter
from inventory_pipeline.connectors.sweep import Query, Sweep
from inventory_pipeline.model.delivery import Writer

_LEVELS = RowsPath.parse("data.warehouse_products.data.edges[]")
_AHEAD = Path.parse(f"node.{SELL_AHEAD}")
_SECONDS = re.compile(r"([0-9]{1,6}) seconds?")


class ShipheroReader(CodedRows, GraphqlDesk):
    """Reads one warehouse, or all of them, page by page."""

    def __init__(self, *, account: ShipheroOptions, **place: Any) -> None:
        super().__init__(**place)
        self._account = account
        self._readers = {MOVEMENTS: Changes(account.kinds).read}

    def _read(self, door: HttpDoor, query: Query, until: Deadline, staging: str | None) -> Sweep:
        sweep = super()._read(door, query, until, staging)
        if query.plan.feed == COUNTS and SELL_AHEAD not in self._account.facts.values():
            sweep.notes += self._account.describe_ahead(_count_ahead(sweep))
        return sweep

    def _look_over(self, _feed: str, found: Sequence[Found]) -> list[str]:
        return describe_breaks(found)

    def _find_wait(self, document: Any) -> float | None:
        """Return in how many seconds there are credits again."""
        for error in document["errors"]:
            said = " ".join(
                find_text(error, Path.parse(name)) or "" for name in ("time_remaining", "message")
            )
            if find_text(error, Path.parse("code")) == NO_CREDITS and (
                match := _SECONDS.search(said)
            ):
                return float(match[1])
        return None


class ShipheroConnector(PartsConnector):
    """Reads counts and changes, and can hand out a writer that sets ``on_hand``."""

    options_model: ClassVar[Any] = ShipheroOptions
    card: ClassVar[Card] = CARD

    def __init__(
        self,
        *,
        system: str,
        options: ShipheroOptions,
        root: str,
        world: Surroundings | None = None,
    ) -> None:
        self._options, self._root, self._world = options, root, world or Surroundings()
        place: Any = {"system": system, "root": root, "world": self._world}
        parts: dict[str, str | None] = {name: name for name in options.warehouses}
        parts = parts or {WHOLE: None}
        readers = {
            part: ShipheroReader(account=options, options=options.build_graphql(warehouse), **place)
            for part, warehouse in parts.items()
        }
        counts = {
            part: CountsReader(readers[part], options, warehouse, **place)
            for part, warehouse in parts.items()
        }
        feeds: dict[str, Readers] = {COUNTS: counts}
        if options.history:
            feeds[MOVEMENTS] = readers
        super().__init__(feeds, system=system)

    def build_writer(self) -> Writer | None:
        """Return the writing side; None: ``write`` is not configured."""
        options = self._options.build_graphql(None)
        if options.write is None:
            return None
        receiver = HttpReceiver(options, options.write, root=self._root, world=self._world)
        return ShipheroWriter(
            receiver, options.write, system=self._system,
            busy=options.retry_codes, denied=options.denied_codes, code_at=options.code_at,
        )  # fmt: skip


def _count_ahead(sweep: Sweep) -> int:
    """Return how many levels may be sold beyond what is available."""
    return sum(
        find_text(chain[-1], _AHEAD) not in (None, "0")
        for body, _ in sweep.spool.read()
        for chain in _LEVELS.walk(load_strictly(decode_text(body)))
    )

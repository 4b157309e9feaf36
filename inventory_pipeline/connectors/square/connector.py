"""The Square connector: the rest connector with settled options, changes read by code."""

from typing import Any, ClassVar

from inventory_pipeline.connectors.asking import Scopes, ask_json
from inventory_pipeline.connectors.card import Card
from inventory_pipeline.connectors.coded_rows import CodedRows
from inventory_pipeline.connectors.http import HttpDoor
from inventory_pipeline.connectors.http_options import Call
from inventory_pipeline.connectors.http_receiver import HttpReceiver
from inventory_pipeline.connectors.http_wire import Deadline
from inventory_pipeline.connectors.json_take import take_list
from inventory_pipeline.connectors.rest import RestConnector
from inventory_pipeline.connectors.square.changes import read_change
from inventory_pipeline.connectors.square.options import CARD, MOVEMENTS, WRITES, SquareOptions
from inventory_pipeline.connectors.square.writer import SquareWriter
from inventory_pipeline.connectors.sweep import Query, Sweep
from inventory_pipeline.model.delivery import Writer

_SCOPES = Scopes(needed=CARD.reads, spare="[A-Z0-9_]+_WRITE")


class SquareConnector(CodedRows, RestConnector):
    """Reads counts and changes of one seller, and can hand out a writer that sets counts."""

    options_model: ClassVar[Any] = SquareOptions
    card: ClassVar[Card] = CARD

    def __init__(self, *, options: SquareOptions, **place: Any) -> None:
        super().__init__(options=options.build_rest(), **place)
        self._seller, self._readers = options, {MOVEMENTS: read_change}

    def build_writer(self) -> Writer | None:
        """Return the writing side; None: ``write`` is not configured."""
        options = self._options
        if options.write is None:
            return None
        receiver = HttpReceiver(options, options.write, root=self._root, world=self._world)
        return SquareWriter(
            receiver, options.write, system=self._system, version=self._seller.version
        )

    def _read(self, door: HttpDoor, query: Query, until: Deadline, staging: str | None) -> Sweep:
        notes = self._ask_scopes(door, until)
        sweep = super()._read(door, query, until, staging)
        sweep.notes += notes
        return sweep

    def _ask_scopes(self, door: HttpDoor, until: Deadline) -> list[str]:
        """Compare what the token may with what it has to.

        Raises:
            SourceRefusedError: it may not read the inventory.
        """
        status = ask_json(
            door, until, Call(path="oauth2/token-status", method="POST", body={}),
            badge=self._badge, label="the scopes of the token",
        )  # fmt: skip
        if not status.get("scopes"):
            return ["the token names no scopes: a personal one may do everything"]
        granted = [str(scope) for scope in take_list(status, "scopes")]
        allowed = (WRITES,) if self._seller.has_one_token_for_all else ()
        return _SCOPES.judge(granted, allowed=allowed)

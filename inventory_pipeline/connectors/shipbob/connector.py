"""The ShipBob connector: levels in one sweep, the history in one sweep a center."""

from typing import Any, ClassVar

from inventory_pipeline.connectors.asking import Scopes, ask_json
from inventory_pipeline.connectors.card import Card
from inventory_pipeline.connectors.coded_rows import CodedRows
from inventory_pipeline.connectors.http import HttpDoor, Surroundings
from inventory_pipeline.connectors.http_options import Call
from inventory_pipeline.connectors.http_wire import Deadline
from inventory_pipeline.connectors.json_take import take_list
from inventory_pipeline.connectors.parts import WHOLE, PartsConnector
from inventory_pipeline.connectors.rest import RestConnector
from inventory_pipeline.connectors.shipbob.history import History
from inventory_pipeline.connectors.shipbob.options import CARD, COUNTS, MOVEMENTS, ShipbobOptions
from inventory_pipeline.connectors.sweep import Query, Sweep
from inventory_pipeline.errors import SourceContractError

_SCOPES = Scopes(needed=CARD.reads, spare="[a-z_]+_write")
_NO_RIGHT = 403


class ShipbobReader(CodedRows, RestConnector):
    """Reads one feed, or one center's part of it."""

    def __init__(self, *, history: History, looks_around: bool = False, **place: Any) -> None:
        super().__init__(**place)
        self._readers = {MOVEMENTS: history.read}
        self._looks_around = looks_around

    def _read(self, door: HttpDoor, query: Query, until: Deadline, staging: str | None) -> Sweep:
        notes = self._ask_scopes(door, until) if self._looks_around else []
        sweep = super()._read(door, query, until, staging)
        sweep.notes += notes
        return sweep

    def _ask_scopes(self, door: HttpDoor, until: Deadline) -> list[str]:
        """Compare what the token may with what it has to.

        Raises:
            SourceRefusedError: it may not read stock.
        """
        channels = ask_json(
            door, until, Call(path="channel"),
            badge=self._badge, label="the scopes of the token", also=(_NO_RIGHT,),
        )  # fmt: skip
        if channels is None:
            return ["what the token may do cannot be seen (it lacks the scope channels_read)"]
        granted = [str(one) for item in take_list(channels, "items") for one in _list(item)]
        return _SCOPES.judge(granted)


class ShipbobConnector(PartsConnector):
    """Reads the levels of every center, and the history of those that are named."""

    options_model: ClassVar[Any] = ShipbobOptions
    card: ClassVar[Card] = CARD

    def __init__(
        self,
        *,
        system: str,
        options: ShipbobOptions,
        root: str,
        world: Surroundings | None = None,
    ) -> None:
        history = History(options.identify_by, options.kinds)

        def build(feed: str, described: dict[str, Any], *, is_first: bool) -> ShipbobReader:
            return ShipbobReader(
                history=history, looks_around=is_first, system=system,
                options=options.build_rest(feed, described), root=root, world=world,
            )  # fmt: skip

        readers = {COUNTS: {WHOLE: build(COUNTS, options.describe_counts(), is_first=True)}}
        if options.facilities:
            readers[MOVEMENTS] = {
                str(facility): build(
                    MOVEMENTS, options.describe_history(facility), is_first=number == 0
                )
                for number, facility in enumerate(options.facilities)
            }
        super().__init__(readers, system=system)


def _list(channel: Any) -> list[Any]:
    scopes = channel.get("scopes") if type(channel) is dict else None
    if type(scopes) is not list:
        raise SourceContractError("a channel of the answer has no list of scopes")
    return scopes

"""The writer: class C. ShipHero sets a number without a key and without comparing.

Where bins are assigned by the system (dynamic slotting), a warehouse's number cannot be set,
only that of a bin: which bin is a person's decision.

Sources: developer.shiphero.com/flows/inventory, /schema/types/replace-inventory-input.
"""

from collections.abc import Sequence
from typing import Any

from inventory_pipeline.connectors.graphql_writer import GraphqlWriter
from inventory_pipeline.connectors.http import HttpDoor
from inventory_pipeline.connectors.http_receiver import Request, find_document, quote_answer
from inventory_pipeline.connectors.http_wire import Answer as HttpAnswer
from inventory_pipeline.connectors.json_paths import find_text
from inventory_pipeline.connectors.json_take import take_list, take_text
from inventory_pipeline.connectors.shiphero.documents import WAREHOUSES
from inventory_pipeline.connectors.shiphero.options import NO_CREDITS
from inventory_pipeline.connectors.templates import render_json
from inventory_pipeline.errors import SourceRefusedError, SourceUnavailableError
from inventory_pipeline.model.delivery import Line


class ShipheroWriter(GraphqlWriter):
    """Sets ``on_hand`` of one product in one warehouse."""

    _slotted: frozenset[str] | None = None

    def prepare(self, _lines: Sequence[Line]) -> None:
        """Look up, once, which warehouses assign bins by themselves.

        Raises:
            SourceError: it could not be asked.
        """
        if self._slotted is not None:
            return
        request = Request("POST", "", {}, render_json({"query": WAREHOUSES}))
        with self._asking() as door:
            answer = self._receiver.ask(request, door=door, label="the warehouses")
            document = find_document(answer)
            self._refuse_errors(document, answer, door)
            self._slotted = frozenset(_find_slotted(document))

    def _refuse_errors(self, document: Any, answer: HttpAnswer, door: HttpDoor) -> None:
        errors = document.get("errors") if type(document) is dict else None
        if not errors:
            return
        codes = [find_text(error, self._code_at) or "" for error in take_list(document, "errors")]
        kind = SourceUnavailableError if NO_CREDITS in codes else SourceRefusedError
        raise kind(f"the warehouses: {quote_answer(door, answer)}")

    def _find_objection(self, line: Line, body: bytes) -> str:
        if line.location_id in (self._slotted or ()):
            return (
                f"not sent: warehouse {line.location_id} assigns bins by itself (dynamic "
                "slotting); there only the number of a bin can be set"
            )
        return super()._find_objection(line, body)


def _find_slotted(answer: Any) -> list[str]:
    warehouses = take_list(answer, "data", "account", "data", "warehouses")
    return [
        take_text(one, "id") or ""
        for one in warehouses
        if take_text(one, "dynamic_slotting") == "true"
    ]

"""The writer: class C, sets the quantity of a listing that the seller ships himself.

Amazon takes a submission at once and carries it out some minutes later, without telling. So an
accepted one waits: whoever sends it again looks first, and is done when the listing shows it.
"""

from collections.abc import Sequence

from inventory_pipeline.connectors.amazon.options import Write
from inventory_pipeline.connectors.http import HttpDoor
from inventory_pipeline.connectors.http_receiver import HttpReceiver
from inventory_pipeline.connectors.http_wire import Answer as HttpAnswer
from inventory_pipeline.connectors.rest_writer import RestWrite, RestWriter
from inventory_pipeline.connectors.write_words import shorten
from inventory_pipeline.errors import SourceError, SourceUnavailableError
from inventory_pipeline.model.delivery import Answer, Line, LineAnswer, answer_all

FACT = "available"


class ListingsWriter(RestWriter):
    """Sets what is offered of one listing at one place of the seller's."""

    def __init__(
        self, receiver: HttpReceiver, write: RestWrite, offer: Write, *, system: str
    ) -> None:
        super().__init__(receiver, write, system=system)
        self._offer = offer

    def send(self, lines: Sequence[Line], key: str, body: bytes) -> Answer:
        """Look, and submit the number if the listing still shows the one before."""
        [line] = lines
        try:
            word = self._find_hindrance(line) or self._look(line)
        except SourceError as error:
            is_down = isinstance(error, SourceUnavailableError)
            said = shorten(f"not sent: {error}")
            return answer_all(lines, "unapplied", said, is_down=is_down)
        if word is not None:
            return Answer({line.receipt_id: word})
        return super().send(lines, key, body)

    def _find_hindrance(self, line: Line) -> LineAnswer | None:
        """Return why this can never be taken, if it cannot."""
        offer = self._offer
        if line.location_id != offer.location:
            said = f"only {offer.location} is written to, not {line.location_id}"
            return LineAnswer("refused", shorten(said))
        if line.fact != FACT:
            return LineAnswer("refused", shorten(f"only {FACT} can be set, not {line.fact}"))
        if line.quantity < 0:
            return LineAnswer("refused", "a listing never offers less than nothing")
        return None

    def _look(self, line: Line) -> LineAnswer | None:
        """Return what the listing shows, if that leaves nothing to submit."""
        shown = self.read([line])[line.receipt_id]
        if shown is None:
            said = f"there is no such listing, or none in channel {self._offer.channel}"
            return LineAnswer("refused", said)
        if shown == line.quantity:
            return LineAnswer("confirmed", f"the listing shows {shown}")
        if line.before is not None and shown != line.before:
            return LineAnswer("stale", f"the listing shows {shown}, not {line.before}")
        return None

    def _judge(self, lines: Sequence[Line], answer: HttpAnswer, door: HttpDoor) -> Answer:
        judged = super()._judge(lines, answer, door)
        words = {
            receipt_id: LineAnswer("waiting", word.evidence)
            if word.outcome == "confirmed"
            else word
            for receipt_id, word in judged.lines.items()
        }
        return Answer(words, judged.wait, judged.is_down)

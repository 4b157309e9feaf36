"""The post of one system in one pass: look back, store, send, write down, look at the effect.

Each is a commit of its own, and every write names the fence of this worker's lease: once
another worker has taken over, nothing this one still says is taken.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby

from inventory_pipeline.correct import outbox, queue, requests
from inventory_pipeline.correct.fence import Fence, FenceLostError, Tools, check_in_time
from inventory_pipeline.correct.outbox import Contract, Sending, Step
from inventory_pipeline.correct.requests import Request, Row, build_line
from inventory_pipeline.errors import SourceContractError, SourceError, SourceUnavailableError
from inventory_pipeline.model.delivery import Answer, LineAnswer, PreparingWriter, Writer
from inventory_pipeline.store import audit
from inventory_pipeline.store.journal import Journal, read_instant, write_instant

UNTOLD = LineAnswer("ambiguous", "the answer does not name this line")
# So often others are looked for where what was due came to nothing.
MOST_LOOKS = 20
# One request without an answer may be that item's own fault; two in a row are the receiver's.
MOST_DOUBTS = 2
TALLIED = ("confirmed", "uncertain", "superseded", "dead")


@dataclass
class Post:
    """The requests of one system in one pass.

    Attributes:
        stopped: why the system is left alone for the rest of the pass, if it is.
        tally: how many receipts came to each end.
    """

    journal: Journal
    system: str
    writer: Writer
    fence: Fence
    tools: Tools
    stopped: str = ""
    tally: Counter[str] = field(default_factory=Counter)
    _unanswered: list[list[Row]] | None = None
    _stored: list[Request] = field(default_factory=list)
    _doubts: int = 0

    @property
    def contract(self) -> Contract:
        return Contract(self.writer.delivery_class, self.writer.key_lifetime)

    @contextmanager
    def fenced(self) -> Iterator[None]:
        """Write in one transaction, if nobody has taken over.

        Raises:
            FenceLostError: somebody has.
        """
        with self.journal.transaction():
            if not self.journal.holds_lease(*self.fence):
                raise FenceLostError(f"another worker delivers to {self.system} now")
            yield

    def renew(self, life: timedelta) -> None:
        """Keep the lease for another while."""
        with self.fenced():
            self.journal.execute(
                "update leases set expires_at = :at where name = :name",
                at=write_instant(self.tools.now() + life),
                name=self.fence.name,
            )

    def work(self, limit: int) -> bool:
        """Do one piece of work; return whether there may be another.

        What was sent and not answered goes first: nothing of its key may overtake it.
        """
        if self._unanswered is None:
            self._unanswered = self._find_unanswered()
        if self._unanswered:
            self._look_back(self._unanswered.pop(0))
            return True
        if not self._stored:
            self._stored = self._store(limit)
        if not self._stored:
            return False
        self._send(self._stored.pop(0))
        return True

    def _find_unanswered(self) -> list[list[Row]]:
        rows = queue.find_unanswered(self.journal, self.system, now=self.tools.now())
        return [list(group) for _, group in groupby(rows, key=lambda row: row["dispatch_id"])]

    def _look_back(self, receipts: list[Row]) -> None:
        first = receipts[0]
        request = requests.recall(receipts)
        if all(receipt["state"] == "sent" for receipt in receipts):
            self._send(request)  # handed over before; has it been answered?
            return
        sending = Sending(
            first["sendings"],
            read_instant(first["first_sent_at"]),
            read_instant(first["last_sent_at"]),
            bool(first["is_spent"]),
        )
        plan = outbox.plan_uncertain(self.contract, sending, now=self.tools.now())
        if plan == "send_again":
            self._send(request)
        elif plan == "read":
            self._read_back(request)

    def _read_back(self, request: Request) -> None:
        try:
            shown = requests.read(self.writer, request.receipts, self.system)
        except SourceError as error:
            with self.fenced():
                for receipt in request.receipts:
                    self._settle(receipt, Step("uncertain", f"not read back: {error}", outbox.PASS))
            return
        with self.fenced():
            for receipt in request.receipts:
                step = outbox.judge_reading(
                    self.contract,
                    receipt["operation"],
                    quantity=receipt["quantity"],
                    before=receipt["before_quantity"],
                    shown=shown.get(receipt["receipt_id"]),
                    generation=receipt["generation"],
                )
                self._settle(receipt, step)

    def _settle(self, receipt: Row, step: Step) -> None:
        now = self.tools.now()
        queue.settle(self.journal, receipt, step, now=now)
        self.tally[step.state if step.state in TALLIED else "again"] += 1
        self.tally["for_people"] += step.waits_for == "person"
        if step.waits_for or step.state in ("superseded", "dead"):
            told = {"state": step.state, "evidence": step.evidence, "key": receipt["key"]}
            audit.append(self.journal, "receipt", receipt["receipt_id"], told, now=now)

    def _store(self, limit: int) -> list[Request]:
        """Store what may leave next; a number that is looked at first is sent at once."""
        if self.writer.delivery_class != "A":
            limit = self.writer.max_lines
        stored: list[Request] = []
        for _ in range(MOST_LOOKS):
            if stored or self.stopped:
                break
            now = self.tools.now()
            heads = queue.take_heads(self.journal, self.system, now=now, limit=limit)
            if not heads:
                break
            ready = self._get_ready(self._prepare(heads))
            self.tools.crash_at("before_lease")
            with self.fenced():
                # A number that was set meanwhile has replaced what was to leave before it.
                ready = queue.keep_waiting(self.journal, ready)
                parts = requests.split(ready, self.writer.max_lines)
                stored = [request for part in parts for request in self._write_down(part)]
        self.tools.crash_at("after_lease")
        return stored

    def _write_down(self, part: list[Row]) -> list[Request]:
        """Store one request; a line that cannot be worded is taken out of it."""
        now = self.tools.now()
        try:
            return [requests.store(self.journal, self.system, self.writer, part, now=now)]
        except SourceContractError as error:
            if len(part) > 1:
                return [request for row in part for request in self._write_down([row])]
            self._settle(part[0], Step("dead", str(error), waits_for="person"))
            return []

    def _prepare(self, receipts: list[Row]) -> list[Row]:
        """Look at numbers that the receiver does not guard; leave out what may not leave."""
        needs, rest = requests.divide(receipts, self.writer)
        if not needs:
            return rest
        try:
            shown = requests.read(self.writer, needs, self.system)
        except SourceError as error:
            if self.writer.delivery_class == "B":
                return receipts  # its key protects it, and it shows its numbers in its own time
            if len(needs) > 1 and not isinstance(error, SourceUnavailableError):
                return rest + [found for row in needs for found in self._prepare([row])]
            self._leave(needs, error)
            return rest
        looked = [(row, requests.look(row, self.writer, shown)) for row in needs]
        with self.fenced():
            for row, found in looked:
                if isinstance(found, Step):
                    self._settle(row, found)
        return rest + [found for _, found in looked if not isinstance(found, Step)]

    def _get_ready(self, receipts: list[Row]) -> list[Row]:
        """Let a writer look up what it needs before it writes bytes down."""
        if not receipts or not isinstance(self.writer, PreparingWriter):
            return receipts
        try:
            self.writer.prepare([build_line(row) for row in receipts])
        except SourceError as error:
            if len(receipts) > 1 and not isinstance(error, SourceUnavailableError):
                return [found for row in receipts for found in self._get_ready([row])]
            self._leave(receipts, error)
            return []
        return receipts

    def _leave(self, receipts: list[Row], error: SourceError) -> None:
        """Let receipts rest whose numbers cannot be read: one may be odd, two in a row are not."""
        self._doubts += 1
        with self.fenced():
            for receipt in receipts:
                self._settle(receipt, Step("created", f"not looked at: {error}", outbox.PASS))
        if isinstance(error, SourceUnavailableError) or self._doubts >= MOST_DOUBTS:
            self._stop(str(error))

    def _send(self, request: Request) -> None:
        if self.writer.rate:
            self.tools.sleep(1 / self.writer.rate)
        started_at = self.tools.now()
        with self.fenced():
            number = self.fence.number
            attempt_id = requests.start(self.journal, request, number, now=self.tools.now())
        self.tools.crash_at("before_send")
        check_in_time(self.journal, self.fence, started_at, now=self.tools.now())
        answer = requests.ask(self.writer, request, self.system)
        self.tools.crash_at("after_send")
        with self.fenced():
            self._finish(request, attempt_id, answer)
        self.tools.crash_at("after_answer")
        self._verify(request, answer)

    def _finish(self, request: Request, attempt_id: int, answer: Answer) -> None:
        words = [answer.lines.get(row["receipt_id"], UNTOLD) for row in request.receipts]
        outcomes: Counter[str] = Counter(word.outcome for word in words)
        requests.finish(
            self.journal, request, attempt_id, words[0].evidence, outcomes, now=self.tools.now()
        )
        is_alone = len(words) == 1
        for receipt, word in zip(request.receipts, words, strict=True):
            step = outbox.judge_answer(
                word.outcome,
                word.evidence,
                wait=answer.wait,
                is_alone=is_alone,
                was=receipt["state"],
                operation=receipt["operation"],
            )
            self._settle(receipt, step)
        self._note_health(words[0].evidence, answer, outcomes)

    def _note_health(self, evidence: str, answer: Answer, outcomes: Counter[str]) -> None:
        if answer.is_down or answer.wait:
            self._stop(evidence, answer.wait)
            return
        self._doubts = self._doubts + 1 if outcomes["ambiguous"] else 0
        if outcomes["confirmed"]:
            queue.end_pause(self.journal, self.system)
        if self._doubts >= MOST_DOUBTS:
            # It may be dying: the others are not made to wait for its time-outs.
            self.stopped = evidence

    def _stop(self, reason: str, wait: timedelta | None = None) -> None:
        self.stopped = reason
        rest = min(wait or timedelta(), outbox.LONGEST_PAUSE)
        queue.pause(self.journal, self.system, until=self.tools.now() + rest, reason=reason)

    def _verify(self, request: Request, answer: Answer) -> None:
        """Look at what is there after it was confirmed: a receiver may confirm and not do it."""
        done = [row for row in request.receipts if _is_confirmed(row, answer)]
        if not done:
            return
        try:
            shown = requests.read(self.writer, done, self.system)
        except SourceError:
            return  # the next check reads it anyway
        with self.fenced():
            numbers = [(row, shown.get(row["receipt_id"])) for row in done]
            troubles = [
                queue.note_shown(self.journal, row, number, now=self.tools.now())
                for row, number in numbers
            ]
            if any(troubles):
                # What is stored and has not left is looked at again, under the brake.
                queue.return_leased(self.journal, self.system)
                self._stored.clear()


def _is_confirmed(receipt: Row, answer: Answer) -> bool:
    word = answer.lines.get(receipt["receipt_id"], UNTOLD)
    return word.outcome == "confirmed" and receipt["before_quantity"] is not None

"""The post of one system in one pass: look back, store, send, write down, look at the effect.

Each is a commit of its own, and every write names the fence of this worker's lease: once
another worker has taken over, nothing this one still says is taken.
"""

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

from inventory_pipeline.correct import outbox, queue, requests
from inventory_pipeline.correct.fence import Fence, FenceLostError, Tools
from inventory_pipeline.correct.outbox import Contract, Sending, Step
from inventory_pipeline.correct.requests import Request, Row, build_line
from inventory_pipeline.errors import SourceError
from inventory_pipeline.model.delivery import Answer, LineAnswer, Writer, answer_all
from inventory_pipeline.store import audit
from inventory_pipeline.store.journal import Journal, read_instant, write_instant

logger = logging.getLogger(__name__)

UNTOLD = LineAnswer("ambiguous", "the answer does not name this line")
# A request leaves this soon after it was said to leave, or not at all; others look for its
# effect ``outbox.SETTLING`` after that.
LATEST = outbox.SETTLING / 2
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
        request = Request(first["dispatch_id"], first["dispatch_key"], first["body"], receipts)
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
            shown = self.writer.read(request.lines)
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
        if step.waits_for or step.state in ("superseded", "dead"):
            told = {"state": step.state, "evidence": step.evidence, "key": receipt["key"]}
            audit.append(self.journal, "receipt", receipt["receipt_id"], told, now=now)

    def _store(self, limit: int) -> list[Request]:
        now = self.tools.now()
        heads = queue.take_heads(self.journal, self.system, now=now, limit=limit)
        ready = self._prepare(heads)
        if not ready:
            return []
        self.tools.crash_at("before_lease")
        with self.fenced():
            # A number that was set meanwhile has replaced what was to leave before it.
            ready = queue.keep_waiting(self.journal, ready)
            stored = [
                requests.store(self.journal, self.system, self.writer, part, now=now)
                for part in requests.split(ready, self.writer.max_lines)
            ]
        self.tools.crash_at("after_lease")
        return stored

    def _prepare(self, receipts: list[Row]) -> list[Row]:
        """Look at numbers that the receiver does not guard; leave out what may not leave."""
        needs = [row for row in receipts if requests.must_look(row, self.writer)]
        if not needs:
            return receipts
        ids = {row["receipt_id"] for row in needs}
        rest = [row for row in receipts if row["receipt_id"] not in ids]
        try:
            shown = self.writer.read([build_line(row) for row in needs])
        except SourceError as error:
            if self.writer.delivery_class == "B":
                return receipts  # its key protects it, and it shows its numbers in its own time
            self._stop(str(error))
            return rest
        looked = [(row, requests.look(row, self.writer, shown)) for row in needs]
        with self.fenced():
            for row, found in looked:
                if isinstance(found, Step):
                    self._settle(row, found)
        return rest + [found for _, found in looked if not isinstance(found, Step)]

    def _send(self, request: Request) -> None:
        if self.writer.rate:
            self.tools.sleep(1 / self.writer.rate)
        started_at = self.tools.now()
        with self.fenced():
            attempt_id = self._start(request)
        self.tools.crash_at("before_send")
        self._check_is_ours(started_at)
        answer = self._ask(request)
        self.tools.crash_at("after_send")
        with self.fenced():
            self._finish(request, attempt_id, answer)
        self.tools.crash_at("after_answer")
        self._verify(request, answer)

    def _check_is_ours(self, started_at: datetime) -> None:
        """Send nothing late: who stalled here may have been taken for dead meanwhile.

        Raises:
            FenceLostError: another worker took over, or might before this one is answered.
        """
        is_late = self.tools.now() > started_at + LATEST
        if is_late or not self.journal.holds_lease(*self.fence):
            raise FenceLostError(f"stalled before sending to {self.system}")

    def _start(self, request: Request) -> int:
        at = write_instant(self.tools.now())
        self.journal.execute(
            "update dispatches set first_sent_at = coalesce(first_sent_at, :at), "
            "last_sent_at = :at, sendings = sendings + 1 where dispatch_id = :dispatch_id",
            at=at, dispatch_id=request.dispatch_id,
        )  # fmt: skip
        self.journal.execute_many(
            "update receipts set state = 'sent', attempts = attempts + 1 "
            "where receipt_id = :receipt_id and state in ('leased', 'sent', 'uncertain')",
            [{"receipt_id": receipt["receipt_id"]} for receipt in request.receipts],
        )
        row = {"dispatch_id": request.dispatch_id, "system": self.system}
        self.journal.insert("attempts", {**row, "fence": self.fence.number, "started_at": at})
        return int(self.journal.query("select last_insert_rowid() as id")[0]["id"])

    def _ask(self, request: Request) -> Answer:
        try:
            return self.writer.send(request.lines, request.key, request.body)
        except Exception as error:  # whatever broke, nobody knows what came of it
            logger.warning("sending broke system=%s: %s", self.system, type(error).__name__)
            text = f"the connector broke while sending: {type(error).__name__}"
            return answer_all(request.lines, "ambiguous", text, is_down=True)

    def _finish(self, request: Request, attempt_id: int, answer: Answer) -> None:
        words = [answer.lines.get(row["receipt_id"], UNTOLD) for row in request.receipts]
        outcomes: Counter[str] = Counter(word.outcome for word in words)
        self.journal.execute(
            "update attempts set finished_at = :at, outcome = :outcome, evidence = :evidence "
            "where attempt_id = :attempt_id",
            at=write_instant(self.tools.now()),
            outcome=", ".join(f"{name} {number}" for name, number in sorted(outcomes.items())),
            evidence=words[0].evidence,
            attempt_id=attempt_id,
        )
        if outcomes["spent"]:
            self.journal.execute(
                "update dispatches set is_spent = 1 where dispatch_id = :dispatch_id",
                dispatch_id=request.dispatch_id,
            )
        is_alone = len(words) == 1
        for receipt, word in zip(request.receipts, words, strict=True):
            step = outbox.judge_answer(
                word.outcome,
                word.evidence,
                wait=answer.wait,
                is_alone=is_alone,
                was=receipt["state"],
            )
            self._settle(receipt, step)
        self._note_health(words[0].evidence, answer, outcomes)

    def _note_health(self, evidence: str, answer: Answer, outcomes: Counter[str]) -> None:
        if answer.is_down or answer.wait:
            self._stop(evidence, answer.wait)
        elif outcomes["confirmed"]:
            queue.end_pause(self.journal, self.system)
        elif outcomes["ambiguous"]:
            # It may be dying: the others are not made to wait for its time-outs.
            self.stopped = evidence

    def _stop(self, reason: str, wait: timedelta | None = None) -> None:
        self.stopped = reason
        before = queue.find_pause(self.journal, self.system)
        until = self.tools.now() + min(wait or timedelta(), outbox.LONGEST_PAUSE)
        failures = (before["failures"] if before else 0) + 1
        queue.pause(self.journal, self.system, until=until, reason=reason, failures=failures)

    def _verify(self, request: Request, answer: Answer) -> None:
        """Look at what is there after it was confirmed: a receiver may confirm and not do it."""
        done = [row for row in request.receipts if _is_confirmed(row, answer)]
        if not done:
            return
        try:
            shown = self.writer.read([build_line(receipt) for receipt in done])
        except SourceError:
            return  # the next check reads it anyway
        with self.fenced():
            for receipt in done:
                queue.note_shown(
                    self.journal, receipt, shown.get(receipt["receipt_id"]), now=self.tools.now()
                )


def _is_confirmed(receipt: Row, answer: Answer) -> bool:
    word = answer.lines.get(receipt["receipt_id"], UNTOLD)
    return word.outcome == "confirmed" and receipt["before_quantity"] is not None

"""Reports: one is asked for, waited for, and fetched from where Amazon put it.

A report of the same days that is being made or was made a short while ago is taken instead of
another one: Amazon allows few of this kind, and a fetch that ran out of time goes on where it
was. Ours begin at an odd second, so that nobody's report of one kind of event is taken for one.

Source: reports_2021-06-30.json in github.com/amzn/selling-partner-api-models; issue 4747 there
on how soon ledger reports are refused.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import quote

from inventory_pipeline.connectors.amazon.options import MOVEMENTS, AmazonOptions, Ledger
from inventory_pipeline.connectors.http import (
    HttpDoor,
    Surroundings,
    TryLaterError,
    judge_json,
    judge_status,
)
from inventory_pipeline.connectors.http_auth import FixedBadge, build_badge
from inventory_pipeline.connectors.http_options import Call, RateLimit
from inventory_pipeline.connectors.http_wire import Answer, Deadline
from inventory_pipeline.connectors.json_connector import naming_feed
from inventory_pipeline.connectors.json_paths import Path, find_text
from inventory_pipeline.connectors.json_strict import decode_text, load_strictly
from inventory_pipeline.connectors.tables import render_instant
from inventory_pipeline.errors import (
    SourceContractError,
    SourceRefusedError,
    SourceUnavailableError,
)
from inventory_pipeline.model.ports import FetchContext

REPORT = "GET_LEDGER_DETAIL_VIEW_DATA"
_BUSY = ("IN_QUEUE", "IN_PROGRESS")
_ENDS = {
    "CANCELLED": "somebody took it back, or there was nothing to report; nothing is concluded "
    "from that, a larger ledger.days finds more",
    "FATAL": "Amazon could not make it; it is asked for again next time",
}
# Midnight and this: a start that nobody else asks for.
_START = time(0, 0, 41, tzinfo=UTC)
# Of the dearest questions there is one a minute.
_QUOTA_SECONDS = 60.0
_MOST_REPORTS = 100


class _EndedError(SourceRefusedError):
    """The document was refused: its address may have ended."""


@dataclass(frozen=True)
class Report:
    """One report as Amazon knows it."""

    id: str
    status: str
    created_at: datetime
    document_id: str | None


@dataclass(frozen=True)
class Document:
    """What a report says.

    Attributes:
        is_packed: the body is a gzip file.
        kind: its Content-Type, where the encoding stands.
    """

    report: Report
    body: bytes
    is_packed: bool
    kind: str


class ReportDesk:
    """Asks one seller account for its ledger."""

    def __init__(
        self, options: AmazonOptions, ledger: Ledger, *, system: str, root: str, world: Surroundings
    ) -> None:
        marketplaces = list(options.marketplaces)
        # Every question about reports has a plan of its own, none the one of the summaries.
        limits = {"rate_limit": RateLimit()}
        self._way = options.build_rest(marketplaces[0]).model_copy(update=limits)
        self._options, self._ledger, self._marketplaces = options, ledger, marketplaces
        self._system, self._root, self._world = system, root, world
        self._badge = build_badge(self._way)

    def fetch(self, first_day: date, context: FetchContext) -> Document:
        """Return the ledger from one day on.

        Raises:
            SourceError: it did not come in time, or not at all.
        """
        with (
            naming_feed(self._system, MOVEMENTS),
            HttpDoor(self._way, root=self._root, world=self._world, now=context.now) as door,
        ):
            seconds = self._way.timeouts.feed.total_seconds()
            until = door.start_deadline(seconds, f"the report did not come within {seconds:g} s")
            visit = _Visit(self, door, until)
            # A day begins somewhere up to 14 hours before it does in UTC.
            start = datetime.combine(first_day - timedelta(days=1), _START)
            report = self._wait(visit, self._find(visit, start) or self._create(visit, start))
            return self._fetch_document(visit, report)

    def ask(self, door: HttpDoor, until: Deadline, call: Call) -> Any:
        """Ask one question and return the JSON of its answer."""
        kept: list[Any] = []

        def judge(answer: Answer) -> None:
            _judge(answer)
            kept.append(load_strictly(decode_text(answer.body)))

        question = door.scribe.write(call, {})
        label = f"{call.method} {door.egress.base}{call.path}"
        door.ask(question, until, judge=judge, badge=self._badge, label=label)
        return kept[-1]

    def _find(self, visit: "_Visit", start: datetime) -> Report | None:
        """Return a young report of ours, if there is one."""
        since = visit.door.now() - self._ledger.reuse
        query = {
            "reportTypes": REPORT,
            "createdSince": render_instant(since),
            "pageSize": _MOST_REPORTS,
        }
        found = visit.ask("reports", query=query)
        rows = found.get("reports") if type(found) is dict else None
        if type(rows) is not list:
            raise SourceContractError("the answer lists no reports")
        ours = [
            _read_report(row)
            for row in rows
            if _take(row, "processingStatus") in (*_BUSY, "DONE")
            and _is_instant(find_text(row, Path.parse("dataStartTime")), start)
            and sorted(row.get("marketplaceIds") or []) == sorted(self._marketplaces)
        ]
        return max(ours, key=lambda report: report.created_at, default=None)

    def _create(self, visit: "_Visit", start: datetime) -> Report:
        body = {
            "reportType": REPORT,
            "marketplaceIds": self._marketplaces,
            "dataStartTime": render_instant(start),
        }
        created = visit.ask("reports", method="POST", body=body)
        return self._read(visit, _take(created, "reportId"))

    def _read(self, visit: "_Visit", report_id: str) -> Report:
        return _read_report(visit.ask(f"reports/{quote(report_id, safe='')}"))

    def _wait(self, visit: "_Visit", report: Report) -> Report:
        pause, patience = self._ledger.poll.total_seconds(), self._ledger.wait.total_seconds()
        said = f"report {report.id} did not come within {patience:g} s"
        limit = visit.door.start_deadline(patience, said)
        while report.status in _BUSY:
            if min(limit.find_left(), visit.until.find_left()) <= pause:
                raise SourceUnavailableError(
                    f"report {report.id} is still {report.status}; it is looked for next time"
                )
            self._world.sleep(pause)
            report = self._read(visit, report.id)
        if report.status != "DONE":
            why = _ENDS.get(report.status, "wanted DONE")
            raise SourceContractError(f"report {report.id} is {report.status[:40]}: {why}")
        return report

    def _fetch_document(self, visit: "_Visit", report: Report) -> Document:
        """Fetch the document; once more by a new address, since one lives five minutes."""
        try:
            return self._fetch_once(visit, report)
        except _EndedError:
            return self._fetch_once(visit, report)

    def _fetch_once(self, visit: "_Visit", report: Report) -> Document:
        if report.document_id is None:
            raise SourceContractError(f"report {report.id} is DONE and names no document")
        found = visit.ask(f"documents/{quote(report.document_id, safe='')}")
        packing = find_text(found, Path.parse("compressionAlgorithm"))
        if packing not in (None, "GZIP"):
            raise SourceContractError(f"the document is packed by {packing[:40]!r}, wanted GZIP")
        # The address itself is a credential: whoever has it may read the document.
        url = visit.door.scribe.guard(_take(found, "url"))
        answer = self._download(visit, url)
        kind = answer.headers.get("content-type", "")
        return Document(report, answer.body, packing is not None, kind)

    def _download(self, visit: "_Visit", url: str) -> Answer:
        """Fetch what lies at an address; our token does not go there."""
        place = visit.door.egress.visit(url, self._options.document_hosts)
        question = visit.door.scribe.write(Call(), {}, url=url)
        label, nobody = f"the document on {place.host}", FixedBadge(None)
        try:
            return visit.door.ask(
                question, visit.until, judge=judge_status, badge=nobody, label=label
            )
        except SourceRefusedError as error:
            raise _EndedError(str(error)) from None

    @property
    def path(self) -> str:
        """Return where reports are asked for, below the origin."""
        return f"reports/{self._options.reports_version}"


@dataclass(frozen=True)
class _Visit:
    """One door, open until some moment."""

    desk: ReportDesk
    door: HttpDoor
    until: Deadline

    def ask(self, path: str, **call: Any) -> Any:
        asked = Call.model_validate({"path": f"{self.desk.path}/{path}", **call})
        return self.desk.ask(self.door, self.until, asked)


def _judge(answer: Answer) -> None:
    if answer.status == 429 and "retry-after" not in answer.headers:
        error = TryLaterError("HTTP 429: more reports than Amazon allows")
        error.wait_seconds = _QUOTA_SECONDS
        raise error
    judge_status(answer)
    judge_json(answer)


def _read_report(row: Any) -> Report:
    created_at = _parse_instant(_take(row, "createdTime"))
    if created_at is None:
        raise SourceContractError("createdTime of a report is no time")
    return Report(
        id=_take(row, "reportId"),
        status=_take(row, "processingStatus"),
        created_at=created_at,
        document_id=find_text(row, Path.parse("reportDocumentId")),
    )


def _take(row: Any, name: str) -> str:
    text = find_text(row, Path.parse(name))
    if text is None:
        raise SourceContractError(f"the answer has no {name!r}; was the field renamed?")
    return text


def _is_instant(text: str | None, moment: datetime) -> bool:
    return text is not None and _parse_instant(text) == moment


def _parse_instant(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

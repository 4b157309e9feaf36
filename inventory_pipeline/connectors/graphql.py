"""GraphQL: one document a feed, where "no" often comes with status 200."""

import re
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, model_validator

from inventory_pipeline.connectors.feeds import JsonOptions, PagedFeed
from inventory_pipeline.connectors.graphql_write_options import GraphqlWrite
from inventory_pipeline.connectors.graphql_writer import GraphqlWriter
from inventory_pipeline.connectors.http import (
    HttpDoor,
    NotKnownError,
    TryLaterError,
    judge_json,
    judge_status,
)
from inventory_pipeline.connectors.http_options import Call, Parameter
from inventory_pipeline.connectors.http_receiver import HttpReceiver
from inventory_pipeline.connectors.http_wire import Answer
from inventory_pipeline.connectors.json_connector import JsonConnector
from inventory_pipeline.connectors.json_paths import Path, find_text
from inventory_pipeline.connectors.json_strict import decode_text, load_strictly
from inventory_pipeline.connectors.paging import Cursors, NoPaging, Offsets, PageNumbers
from inventory_pipeline.connectors.templates import check_template
from inventory_pipeline.errors import SourceContractError
from inventory_pipeline.model.delivery import Writer

GraphqlPaging = Annotated[NoPaging | PageNumbers | Offsets | Cursors, Field(discriminator="kind")]
_MUTATION = re.compile(r"(?:\s|,|#[^\n]*\n)*(?:mutation|subscription)\b")
_MESSAGE = Path.parse("message")


class GraphqlFeed(PagedFeed):
    """One feed: its document, its variables, its pages, its columns."""

    query: str = Field(min_length=1, description="The document; it is sent as it stands.")
    variables: dict[str, Any] = Field(
        default_factory=dict, description='As {first: "{limit}", after: "{cursor}"}.'
    )
    headers: dict[str, Parameter] = Field(default_factory=dict, description="More headers.")
    paging: GraphqlPaging = Field(NoPaging(), description="How one page leads to the next.")

    @model_validator(mode="after")
    def _can_be_filled(self) -> "GraphqlFeed":
        check_template(self.variables)
        if _MUTATION.match(self.query):
            raise ValueError("query: is no query; a connector only reads")
        return self


class GraphqlOptions(JsonOptions):
    """A system that answers GraphQL at ``base_url``."""

    feeds: dict[str, GraphqlFeed] = Field(description="By feed: counts, movements, levels ...")
    code_at: str = Field("extensions.code", description="Path in one of errors[] to its code.")
    retry_codes: list[str] = Field(
        default_factory=lambda: ["THROTTLED", "RATE_LIMITED"],
        description="Codes of passing failures ...",
    )
    denied_codes: list[str] = Field(
        default_factory=lambda: ["UNAUTHENTICATED", "FORBIDDEN"],
        description="... and of credentials that are wrong or have ended.",
    )
    write: GraphqlWrite | None = Field(None, description="How corrections are written.")

    @model_validator(mode="after")
    def _has_codes(self) -> Self:
        Path.parse(self.code_at)
        return self


class GraphqlConnector(JsonConnector):
    """Asks one address with one document a feed, page by page."""

    options_model: ClassVar[Any] = GraphqlOptions
    _options: GraphqlOptions

    def __init__(self, *, options: GraphqlOptions, **place: Any) -> None:
        super().__init__(options=options, **place)
        self._codes = {
            **dict.fromkeys(options.denied_codes, NotKnownError),
            **dict.fromkeys(options.retry_codes, TryLaterError),
        }
        self._code_at = Path.parse(options.code_at)

    def build_writer(self) -> Writer | None:
        """Return the writing side, where ``write`` describes one."""
        options = self._options
        if options.write is None:
            return None
        receiver = HttpReceiver(options, options.write, root=self._root, world=self._world)
        return GraphqlWriter(
            receiver,
            options.write,
            system=self._system,
            busy=options.retry_codes,
            denied=options.denied_codes,
            code_at=options.code_at,
        )

    def _write_call(self, feed: Any) -> Call:
        # The document is no template: its braces are its own.
        document = feed.query.replace("{", "{{").replace("}", "}}")
        body = {"query": document, "variables": feed.variables}
        return Call(method="POST", body=body, headers=feed.headers)

    def _judge_answer(self, door: HttpDoor, answer: Answer, also: tuple[int, ...]) -> None:
        if answer.status != 400:
            judge_status(answer, also=also)
        judge_json(answer, also=tuple(self._options.content_types))
        if answer.status == 400:
            # A document that does not validate: the reason stands in the answer.
            self._refuse_errors(door, load_strictly(decode_text(answer.body)))
            judge_status(answer)

    def _judge_document(self, door: HttpDoor, feed: PagedFeed, document: Any) -> None:
        self._refuse_errors(door, document)
        if type(document) is not dict or document.get("data") is None:
            raise SourceContractError("the answer holds no data; is this a GraphQL address?")
        super()._judge_document(door, feed, document)

    def _refuse_errors(self, door: HttpDoor, document: Any) -> None:
        errors = document.get("errors") if type(document) is dict else None
        if not errors:
            return
        first = errors[0] if type(errors) is list else None
        codes = _find_codes(errors if type(errors) is list else [], self._code_at)
        known = [self._codes[code] for code in codes if code in self._codes]
        kind = known[0] if known else SourceContractError
        said = door.scribe.redact(find_text(first, _MESSAGE) or "no message")
        named = f" {door.scribe.redact(codes[0])}" if codes else ""
        error = kind(f"the answer holds errors:{named} {said!r}")
        if isinstance(error, TryLaterError):
            error.wait_seconds = self._find_wait(document)
        raise error

    def _find_wait(self, _document: Any) -> float | None:
        """Return the seconds an answer that says "later" asks for, where it says so inside."""
        return None


def _find_codes(errors: Sequence[Any], place: Path) -> list[str]:
    return [code for error in errors if (code := find_text(error, place))]

"""The REST writer: requests of one line or many, as the configuration words them."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from inventory_pipeline.connectors.blame import Blame, spread
from inventory_pipeline.connectors.http import HttpDoor, judge_json
from inventory_pipeline.connectors.http_options import Options
from inventory_pipeline.connectors.http_receiver import (
    HttpReceiver,
    Request,
    find_document,
    quote_answer,
)
from inventory_pipeline.connectors.http_wire import Answer as HttpAnswer
from inventory_pipeline.connectors.http_writer import (
    USUAL_WAIT,
    HttpWriter,
    find_wait,
    judge_failure,
)
from inventory_pipeline.connectors.json_paths import ABSENT
from inventory_pipeline.connectors.templates import render_json
from inventory_pipeline.connectors.write_options import (
    KEYED,
    HttpWrite,
    LinesAt,
    ReadBack,
    Sign,
    Signs,
)
from inventory_pipeline.connectors.write_words import (
    OF_LINE,
    OF_LINES,
    check_words,
    fill_target,
    fill_words,
    find_shared_words,
    find_words,
)
from inventory_pipeline.errors import SourceContractError
from inventory_pipeline.model.delivery import Answer, Line, Operation, Outcome, answer_all

Fields = dict[str, str | int | bool]


class RestRead(ReadBack):
    """The request that reads one number, and where in its answer it stands."""

    path: str = Field(description="Below base_url; placeholders are one segment each.")
    method: Literal["GET", "POST"] = Field("GET", description="GET, or POST where a body asks.")
    query: Fields = Field(default_factory=dict, description="Query; a list has commas between.")
    body: Any = Field(None, description="JSON body of a POST.")

    @model_validator(mode="after")
    def _can_be_filled(self) -> Self:
        check_words(self.path, OF_LINE)
        check_words([self.query, self.body], (*OF_LINE, *OF_LINES) if self.many > 1 else OF_LINE)
        return self


class RestAction(Options):
    """The request that changes one number."""

    path: str = Field(description="Below base_url; placeholders are one segment each.")
    method: Literal["POST", "PUT", "PATCH", "DELETE"] = Field("POST", description="Method.")
    query: Fields = Field(default_factory=dict, description="Query.")
    body: Any = Field(
        None, description="JSON; a text that is one placeholder becomes its value, typed."
    )
    lines: LinesAt | None = Field(None, description="Many lines in one request.")

    @property
    def placeholders(self) -> set[str]:
        """Return what of a line the request says."""
        return check_words([self.path, self.query, self.body])

    @model_validator(mode="after")
    def _names_what_it_changes(self) -> Self:
        known = self.placeholders
        for needed, other in (("item_id", "item_number"), ("quantity", "quantity_text")):
            if not {needed, other} & known:
                raise ValueError(f"the request never says {{{needed}}}")
        if self.lines is not None:
            self.lines.check(self.body)
            if check_words([self.path, self.query]):
                raise ValueError("lines: path and query are the same for all; say it in the body")
        return self

    def fill(self, words: Sequence[Mapping[str, Any]]) -> bytes:
        """Return the body for the lines that ``words`` are of."""
        if self.body is None:
            return b""
        filled = (
            self.lines.fill(self.body, words) if self.lines else fill_words(self.body, words[0])
        )
        return render_json(filled)


class RestWrite(HttpWrite):
    """How numbers are written, and what the answers mean. Signs are asked in this order."""

    set: RestAction | None = Field(None, description="Sets a number.")
    add: RestAction | None = Field(None, description="Adds to a number (signed).")
    read: RestRead | None = Field(None, description="Reads a number back.")
    done_before: Signs = Field(
        default_factory=list, description="It was done before under this key or id."
    )
    spent: Signs = Field(
        default_factory=list, description="The receiver remembers a failure under this key."
    )
    in_flight: Signs = Field(
        default_factory=list, description="The same key is being worked on just now."
    )
    busy: Signs = Field(default_factory=list, description="Too much at once; nothing was changed.")
    stale: Signs | None = Field(
        None,
        description="The number was not {before}. Default: 412, and without a key 409, too.",
    )
    refused: Signs = Field(
        default_factory=list, description="Never for this item; besides 400, 404, 410, 422."
    )
    failed: Signs = Field(
        default_factory=list, description="Errors with status 200 after which nobody knows."
    )
    applied: Sign | None = Field(
        None,
        description="What a good answer says, as {path: stock, equals: '{quantity}'}; "
        "a 2xx that does not is ambiguous.",
    )

    def find_most(self) -> int:
        """Return how many lines a request may carry, whatever the operation."""
        actions: dict[Operation, RestAction] = self.find_operations()
        return min(action.lines.max if action.lines else 1 for action in actions.values())

    @model_validator(mode="after")
    def _says_what_applied_is(self) -> Self:
        said = check_words(self.applied.equals if self.applied else None, OF_LINE)
        if said and self.find_most() > 1:
            raise ValueError("applied: one answer cannot say what each of many lines wanted")
        return self

    def find_signs(self) -> list[tuple[Outcome, list[Sign], bool]]:
        """Return what each outcome is known by, in the order of asking, and whether it passes."""
        usual = [Sign(status=[412] if self.delivery_class in KEYED else [409, 412])]
        return [
            ("confirmed", self.done_before, False),
            ("spent", self.spent, False),
            ("ambiguous", self.in_flight, True),
            ("ambiguous", self.failed, False),
            ("unapplied", self.busy, True),
            ("stale", usual if self.stale is None else self.stale, False),
            ("refused", self.refused, False),
        ]


class RestWriter(HttpWriter):
    """One request for one line, or for as many as it takes; its answer holds for all of them."""

    _write: RestWrite

    def __init__(
        self,
        receiver: HttpReceiver,
        write: RestWrite,
        *,
        system: str,
        content_types: Sequence[str] = (),
    ) -> None:
        super().__init__(receiver, write, system=system)
        self._content_types = tuple(content_types)

    @property
    def max_lines(self) -> int:
        return self._write.find_most()

    def _build(self, lines: Sequence[Line], key: str, headers: Mapping[str, str]) -> Request:
        action: RestAction = self._actions[lines[0].operation]
        words = [find_words(line, key) for line in lines]
        target = fill_target(action.path, action.query, words[0])
        return Request(action.method, target, headers, action.fill(words))

    def _build_read(self, lines: Sequence[Line]) -> Request:
        back, words = self._write.read, find_shared_words(lines)
        if back is None:
            return Request("GET", "", {}, b"")
        target = fill_target(back.path, back.query, words)
        body = b"" if back.body is None else render_json(fill_words(back.body, words))
        return Request(back.method, target, {}, body)

    def _find_read_place(self, line: Line) -> str:
        back = self._write.read
        return fill_target(back.path, {}, find_words(line, "")) if back else ""

    def _find_read_back(self) -> ReadBack | None:
        return self._write.read

    def _judge(self, lines: Sequence[Line], answer: HttpAnswer, door: HttpDoor) -> Answer:
        document, said = find_document(answer), quote_answer(door, answer)
        for outcome, signs, is_passing in self._write.find_signs():
            if any(sign.fits(answer.status, document) for sign in signs):
                wait = find_wait(door, answer) or (USUAL_WAIT if is_passing else None)
                return spread(lines, [Blame(outcome, said, wait=wait)])
        if not 200 <= answer.status < 300:
            return judge_failure(lines, answer, door)
        return answer_all(lines, self._judge_success(lines[0], answer, document), said)

    def _judge_success(self, line: Line, answer: HttpAnswer, document: Any) -> Outcome:
        """Return whether a 2xx is one: neither a login page, nor half JSON, nor a promise."""
        if self._write.applied is not None:
            wanted = self._write.applied.fill(find_words(line, ""))
            return "confirmed" if wanted.fits(answer.status, document) else "ambiguous"
        if answer.status in (202, 207):
            return "ambiguous"
        if not answer.body.strip():
            return "confirmed"
        try:
            judge_json(answer, also=self._content_types)
        except SourceContractError:
            return "ambiguous"
        is_json = not self._is_declared_other(answer)
        return "ambiguous" if is_json and document is ABSENT else "confirmed"

    def _is_declared_other(self, answer: HttpAnswer) -> bool:
        """Return whether the answer has a type that only the configuration takes."""
        kind = answer.headers.get("content-type", "").split(";")[0].strip().lower()
        return kind in self._content_types and "json" not in kind

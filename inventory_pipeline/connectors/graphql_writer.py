"""The GraphQL writer: one mutation a request, whose "no" often comes with status 200."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from inventory_pipeline.connectors.blame import Blame, spread
from inventory_pipeline.connectors.graphql_write_options import GraphqlAction, GraphqlWrite
from inventory_pipeline.connectors.http import HttpDoor
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
from inventory_pipeline.connectors.json_paths import Path, find_text
from inventory_pipeline.connectors.templates import render_json
from inventory_pipeline.connectors.write_options import ReadBack
from inventory_pipeline.connectors.write_words import find_shared_words, find_words
from inventory_pipeline.model.delivery import Answer, Line, answer_all

_MESSAGE = Path.parse("message")
# The document itself is wrong: no line is to blame, and no line will get through.
_WRONG_DOCUMENT = ("GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED")


class GraphqlWriter(HttpWriter):
    """One mutation a request, for one line or as many as its variables take."""

    _write: GraphqlWrite

    def __init__(
        self,
        receiver: HttpReceiver,
        write: GraphqlWrite,
        *,
        system: str,
        busy: Sequence[str],
        denied: Sequence[str],
        code_at: str = "extensions.code",
    ) -> None:
        write = write.model_copy(update={"busy": [*write.busy, *busy]})
        super().__init__(receiver, write, system=system)
        self._denied, self._code_at = denied, Path.parse(code_at)

    @property
    def max_lines(self) -> int:
        return self._write.find_most()

    def _build(self, lines: Sequence[Line], key: str, headers: Mapping[str, str]) -> Request:
        action: GraphqlAction = self._actions[lines[0].operation]
        variables = action.fill([find_words(line, key) for line in lines])
        body = render_json({"query": action.document, "variables": variables})
        return Request("POST", "", headers, body)

    def _build_read(self, lines: Sequence[Line]) -> Request:
        back = self._write.read
        filled = back.fill(find_shared_words(lines)) if back else {}
        body = render_json({"query": back.document if back else "", "variables": filled})
        return Request("POST", "", {}, body)

    def _find_read_back(self) -> ReadBack | None:
        return self._write.read

    def _judge(self, lines: Sequence[Line], answer: HttpAnswer, door: HttpDoor) -> Answer:
        if not 200 <= answer.status < 300 and answer.status != 400:
            return judge_failure(lines, answer, door)
        document, said = find_document(answer), quote_answer(door, answer)
        if type(document) is not dict:
            is_refusal = answer.status == 400
            return answer_all(
                lines, "unapplied" if is_refusal else "ambiguous", said, is_down=is_refusal
            )
        if document.get("errors"):
            return self._judge_errors(lines, document, answer, door)
        blames = list(self._find_blames(lines, document, answer, door))
        return spread(lines, blames) if blames else answer_all(lines, "confirmed", said)

    def _judge_errors(
        self, lines: Sequence[Line], document: Any, answer: HttpAnswer, door: HttpDoor
    ) -> Answer:
        """Return what errors[] say: data beside them means that half of it may be done."""
        errors = document["errors"] if type(document["errors"]) is list else []
        codes = [code for error in errors if (code := find_text(error, self._code_at))]
        words = [find_text(error, _MESSAGE) or "no message" for error in errors]
        said = quote_answer(door, answer, "; ".join([*codes, *words]) or "errors")
        if _holds_data(document.get("data")):
            return answer_all(lines, "ambiguous", said)
        if set(codes) & {*self._denied, *_WRONG_DOCUMENT} or (answer.status == 400 and not codes):
            return answer_all(lines, "unapplied", said, is_down=True)
        code = next((code for code in codes if self._is_listed(code)), "")
        return spread(lines, [self._blame(code, said, None, answer, door)])

    def _find_blames(
        self, lines: Sequence[Line], document: Any, answer: HttpAnswer, door: HttpDoor
    ) -> Iterator[Blame]:
        """Yield what is wrong in an answer without errors[]; nothing: it was applied."""
        action: GraphqlAction = self._actions[lines[0].operation]
        data = document.get("data")
        if type(data) is not dict or None in data.values():
            yield Blame("ambiguous", quote_answer(door, answer))
            return
        found = list(self._find_user_errors(action, document, answer, door))
        codes = find_codes(action, document, answer.status, lines[0])
        if not found and codes:
            code = next((code for code in codes if self._is_listed(code)), codes[0])
            found = [self._blame(code, quote_answer(door, answer), None, answer, door)]
        yield from found

    def _find_user_errors(
        self, action: GraphqlAction, document: Any, answer: HttpAnswer, door: HttpDoor
    ) -> Iterator[Blame]:
        if action.user_errors is None:
            return
        keys = Path.parse(action.user_errors).keys
        found = Path(keys).find(document)
        is_there = type(Path(keys[:-1]).find(document)) is dict
        if not is_there or type(found) not in (list, type(None)):
            yield Blame("ambiguous", quote_answer(door, answer))
            return
        for error in found or ():
            code = find_text(error, Path.parse(action.code)) or ""
            words = find_text(error, Path.parse(action.message)) or "no message"
            index = find_index(error, action)
            said = quote_answer(door, answer, f"{code} {words}")
            yield self._blame(code, said, index, answer, door)

    def _blame(
        self, code: str, said: str, index: int | None, answer: HttpAnswer, door: HttpDoor
    ) -> Blame:
        outcome = self._write.find_outcome(code)
        is_passing = outcome == "unapplied" or code in self._write.in_flight
        wait = (find_wait(door, answer) or USUAL_WAIT) if is_passing else None
        return Blame(outcome, said, index, wait)

    def _is_listed(self, code: str) -> bool:
        return self._write.find_outcome(code) != "ambiguous" or code in self._write.in_flight


def find_codes(action: GraphqlAction, document: Any, status: int, line: Line) -> list[str]:
    """Return the codes that say it failed; "" where success is missing and nothing says why."""
    code = find_text(document, Path.parse(action.code_at)) if action.code_at else None
    codes = [code] if code else []
    if action.applied is None:
        return codes
    if not action.applied.fill(find_words(line, "")).fits(status, document):
        codes.append(find_text(document, Path.parse(action.applied.path or "")) or "")
    return codes


def find_index(error: Any, action: GraphqlAction) -> int | None:
    """Return which line an error names: the number after the list's name in its path."""
    field = Path.parse(action.error_index).find(error)
    if action.lines is None or type(field) is not list:
        return None
    name = Path.parse(action.lines.path).keys[-1]
    after = field[field.index(name) + 1 :] if name in field else field
    numbers = [int(part) for part in after if type(part) is str and part.isdecimal()]
    return numbers[0] if numbers else None


def _holds_data(data: Any) -> bool:
    return type(data) is dict and any(value is not None for value in data.values())

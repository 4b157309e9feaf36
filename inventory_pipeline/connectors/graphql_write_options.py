"""GraphQL write options: mutations, and the codes by which their answers are understood."""

import re
from collections.abc import Mapping
from typing import Any, Self

from pydantic import Field, model_validator

from inventory_pipeline.connectors.http_options import Options
from inventory_pipeline.connectors.json_paths import Path
from inventory_pipeline.connectors.write_options import HttpWrite, LinesAt, ReadBack, Sign
from inventory_pipeline.connectors.write_words import (
    OF_LINE,
    OF_LINES,
    check_words,
    fill_words,
)
from inventory_pipeline.model.delivery import Operation, Outcome

_SKIPPED = r"(?:\s|,|#[^\n]*\n)*"
_MUTATION = re.compile(rf"{_SKIPPED}(?:fragment\b[^{{]*\{{[^}}]*\}}{_SKIPPED})*mutation\b")
EVERY_OTHER = "*"


class GraphqlAction(Options):
    """The mutation that changes numbers, and where its answer says what became of them."""

    document: str = Field(min_length=1, description="The mutation; it is sent as it stands.")
    variables: dict[str, Any] = Field(
        description="A text that is one placeholder becomes its value, typed."
    )
    lines: LinesAt | None = Field(None, description="Many lines in one request.")
    user_errors: str | None = Field(None, description="Path to its errors, data.x.userErrors.")
    code: str = Field("code", description="Path in such an error to its code.")
    message: str = Field("message", description="... to its words.")
    error_index: str = Field("field", description="... to the path of the input that is wrong.")
    applied: Sign | None = Field(
        None, description="What success says, as {path: data.x.__typename, equals: StockLevel}."
    )
    code_at: str | None = Field(None, description="Path to a code, data.x.errorCode.")

    @property
    def placeholders(self) -> set[str]:
        """Return what of a line the variables say."""
        return check_words(self.variables)

    def fill(self, words: list[Mapping[str, Any]]) -> Any:
        """Return the variables for the lines that ``words`` are of."""
        if self.lines is None:
            return fill_words(self.variables, words[0])
        return self.lines.fill(self.variables, words)

    @model_validator(mode="after")
    def _can_be_sent(self) -> Self:
        if not _MUTATION.match(self.document):
            raise ValueError("document: wanted a mutation, such as mutation($input: …) { … }")
        if not {"item_id"} <= self.placeholders:
            raise ValueError("the variables never say {item_id}")
        if not {"quantity", "quantity_text"} & self.placeholders:
            raise ValueError("the variables never say {quantity}")
        for path in (self.user_errors, self.code, self.message, self.error_index, self.code_at):
            Path.parse(path or "")
        if self.applied and self.lines and check_words(self.applied.equals, OF_LINE):
            raise ValueError("applied: one answer cannot say what each of many lines wanted")
        if self.lines is not None:
            self.lines.check(self.variables)
            if self.user_errors is None:
                raise ValueError("lines: name user_errors, which say which line is wrong")
        return self


class GraphqlRead(ReadBack):
    """The query that reads one number, and where in its answer it stands."""

    document: str = Field(min_length=1, description="The query; it is sent as it stands.")
    variables: dict[str, Any] = Field(default_factory=dict, description="Its variables.")

    @model_validator(mode="after")
    def _only_reads(self) -> Self:
        check_words(self.variables, (*OF_LINE, *OF_LINES) if self.many > 1 else OF_LINE)
        if _MUTATION.match(self.document):
            raise ValueError("read.document: is no query; reading back changes nothing")
        return self

    def fill(self, words: Mapping[str, Any]) -> Any:
        """Return the variables for one line."""
        return fill_words(self.variables, words)


class GraphqlWrite(HttpWrite):
    """How numbers are written. Codes are those of user errors, of errors[], or a __typename."""

    set: GraphqlAction | None = Field(None, description="Sets a number.")
    add: GraphqlAction | None = Field(None, description="Adds to a number (signed).")
    read: GraphqlRead | None = Field(None, description="Reads a number back.")
    done_before: list[str] = Field(
        default_factory=list, description="Codes: it was done before under this key."
    )
    spent: list[str] = Field(
        default_factory=list, description="Codes: a failure is remembered under this key."
    )
    in_flight: list[str] = Field(
        default_factory=list, description="Codes: the same key is being worked on just now."
    )
    busy: list[str] = Field(
        default_factory=list,
        description="Codes: too much at once, nothing was changed; besides retry_codes.",
    )
    stale: list[str] = Field(default_factory=list, description="Codes: it was not {before}.")
    refused: list[str] = Field(
        default_factory=lambda: ["BAD_USER_INPUT"],
        description='Codes: never for this item. "*" is every code that is in no list.',
    )

    def find_outcome(self, code: str) -> Outcome:
        """Return what a code means; one that nobody listed leaves it open."""
        lists: tuple[tuple[Outcome, list[str]], ...] = (
            ("confirmed", self.done_before), ("spent", self.spent), ("ambiguous", self.in_flight),
            ("unapplied", self.busy), ("stale", self.stale), ("refused", self.refused),
        )  # fmt: skip
        for outcome, codes in lists:
            if code in codes:
                return outcome
        return "refused" if code and EVERY_OTHER in self.refused else "ambiguous"

    def find_most(self) -> int:
        """Return how many lines a request may carry, whatever the operation."""
        actions: dict[Operation, GraphqlAction] = self.find_operations()
        return min(action.lines.max if action.lines else 1 for action in actions.values())

"""Columns: which value of a JSON row becomes which column of ours. Options and their plan."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from inventory_pipeline.connectors.http_options import Options
from inventory_pipeline.connectors.json_paths import CellPath, RowsPath
from inventory_pipeline.connectors.tables import PLACEHOLDERS, find_unknown_columns
from inventory_pipeline.model.frames import RAW_FEEDS

DATE = "{date_header}"
QUANTITY_OF = "quantity:"
KEEP_BY = "keep:"

As = Literal["text", "epoch_seconds", "epoch_milliseconds", "date_parts"]


class Constant(Options):
    """The same text in every row."""

    constant: str = Field(
        description="Text; {hour} {hour_start} {hour_end} {fetched_at} {date_header} are filled in."
    )

    @model_validator(mode="after")
    def _can_be_filled(self) -> "Constant":
        known = [*(f"{{{word}}}" for word in PLACEHOLDERS), DATE]
        for found in re.findall(r"\{[^{}]*\}", self.constant):
            if found not in known:
                raise ValueError(f"{found} is no placeholder; known are {' '.join(known)}")
        return self


class Cell(Options):
    """A value of the row, or with ``$.`` in front one that lies above it."""

    path: str = Field(
        description="As product.code in the row; $.items[].sku above it; $.at at the top."
    )
    map: dict[str, str] | None = Field(
        None, description="Their word: ours. A word that is not listed puts the row in quarantine."
    )
    as_: As = Field("text", alias="as", description="How the source writes a time.")
    optional: bool = Field(False, description="May be absent from every row.")
    null_means: str | None = Field(None, description="What null or an absent value stands for.")


def _read_short(value: Any) -> Any:
    return {"path": value} if isinstance(value, str) else value


Column = Annotated[Constant | Cell, BeforeValidator(_read_short)]


class Rows(Options):
    """From an answer to the contract's columns."""

    rows: str = Field("[]", description="Path to the list of rows; [] walks a list inside a list.")
    columns: dict[str, Column] = Field(description="Our column: path, or {constant: text}.")
    facts: dict[str, Column] | None = Field(
        None, description="Fact: path of its quantity; each row then yields one row a fact."
    )
    empty_has: list[str] | None = Field(
        None,
        description="The only keys of an answer that leaves its list out because it is empty.",
    )
    keep: dict[str, list[str]] = Field(
        default_factory=dict,
        description="Path in the row: words. A row with another word there is left out, and noted.",
    )


@dataclass(frozen=True)
class RowPlan:
    """Where every cell of a feed stands.

    Attributes:
        cells: name of the cell → where it stands; ``quantity:<fact>`` for melted facts,
            ``keep:<path>`` for what keeps a row.
        specs: name of the cell → what is done with its text.
        constants: column → text, placeholders unfilled.
        facts: the facts one row yields; empty if the row names its own.
        keep: ``keep:<path>`` → the words that keep a row.
        empty_has: keys that an answer without its list may have; None: the list must be there.
    """

    feed: str
    rows: RowsPath
    cells: Mapping[str, CellPath]
    specs: Mapping[str, Cell]
    constants: Mapping[str, str]
    facts: tuple[str, ...]
    keep: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    empty_has: tuple[str, ...] | None = None


def plan_rows(feed: str, rows: Rows) -> RowPlan:
    """Turn the options into a plan.

    Raises:
        ValueError: an unknown or missing column, or a path that leads nowhere.
    """
    columns = dict(rows.columns)
    for fact, column in (rows.facts or {}).items():
        columns[f"{QUANTITY_OF}{fact}"] = column
    for path in rows.keep:
        columns[f"{KEEP_BY}{path}"] = Cell(path=path)
    _check_names(feed, rows)
    walk = RowsPath.parse(rows.rows)
    specs = {name: column for name, column in columns.items() if isinstance(column, Cell)}
    return RowPlan(
        feed=feed,
        rows=walk,
        cells={name: walk.place(cell.path) for name, cell in specs.items()},
        specs=specs,
        constants={n: c.constant for n, c in columns.items() if isinstance(c, Constant)},
        facts=tuple(rows.facts or ()),
        empty_has=None if rows.empty_has is None else tuple(rows.empty_has),
        keep={f"{KEEP_BY}{path}": tuple(words) for path, words in rows.keep.items()},
    )


def _check_names(feed: str, rows: Rows) -> None:
    given = {*rows.columns, *(("fact", "quantity") if rows.facts else ())}
    if unknown := find_unknown_columns(feed, list(rows.columns)):
        raise ValueError(f"columns: {unknown}")
    if rows.facts and {"fact", "quantity"} & set(rows.columns):
        raise ValueError("give facts:, or the columns fact and quantity, not both")
    if missing := [name for name in RAW_FEEDS[feed][0] if name not in given]:
        near = get_close_matches("as_of", missing)
        cure = "; a source without a time: as_of: {constant: '{fetched_at}'}" if near else ""
        raise ValueError(f"columns: {feed} also needs {', '.join(missing)}{cure}")

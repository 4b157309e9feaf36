"""The open findings as a CSV that no spreadsheet takes for a program."""

from dataclasses import dataclass

import polars as pl

from inventory_pipeline.report.findings import sort_worst_first
from inventory_pipeline.report.words import neutralise

ROWS = 5_000
CELL_LIMIT = 200
# A sentence is ours and longer than any name.
SENTENCE_LIMIT = 1000
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")
COLUMNS = (
    "finding_id", "severity", "class", "symptom", "sku", "location_id", "fact", "mirror", "owner",
    "owner_units", "observed_units", "expected_units", "delta_units", "first_seen_at",
    "opened_at", "streak", "recurrence", "is_settled", "money_at_risk", "subject", "details",
    "cause", "sentence",
)  # fmt: skip


@dataclass(frozen=True)
class Attachment:
    """A file for the mail, and how much of the whole it holds."""

    name: str
    content: bytes
    shown: int
    total: int


def build_attachment(problems: pl.DataFrame, *, slug: str) -> Attachment | None:
    """Write every open finding, worst first; what does not fit is counted in the file's name.

    Text columns are made harmless; numbers come from number columns and stay numbers, so
    that ``-3`` is read back as -3. None where nothing is open.
    """
    rows = problems.filter(pl.col("state") == "open")
    if rows.is_empty():
        return None
    shown = sort_worst_first(rows).select(COLUMNS).head(ROWS)
    text = [name for name, kind in shown.schema.items() if kind == pl.String]
    shown = shown.with_columns(
        *(pl.Series(name, [_harm_none(cell, name) for cell in shown[name]]) for name in text),
        pl.col("first_seen_at", "opened_at").dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
    size = f"{shown.height}-of-{rows.height}" if shown.height < rows.height else f"{rows.height}"
    content = shown.write_csv(include_bom=True, quote_style="necessary").encode()
    return Attachment(f"findings-{slug}-{size}.csv", content, shown.height, rows.height)


def _harm_none(cell: str, column: str) -> str:
    return make_harmless(cell, limit=SENTENCE_LIMIT if column == "sentence" else CELL_LIMIT)


def make_harmless(cell: str, *, limit: int = CELL_LIMIT) -> str:
    """Return a text cell that no spreadsheet computes: a formula start gets a ``'`` before it."""
    shown = neutralise(cell, limit=limit)
    return f"'{shown}" if cell.lstrip().startswith(FORMULA_STARTS) or _hides(cell) else shown


def _hides(cell: str) -> bool:
    """A leading control, space or zero-width mark may be dropped by the reader."""
    return bool(cell) and not cell[0].isprintable()

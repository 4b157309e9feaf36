"""Rows: the sheets of all pages as one frame in the contract's columns. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches

import polars as pl

from inventory_pipeline.connectors.json_columns import (
    DATE,
    KEEP_BY,
    QUANTITY_OF,
    Cell,
    RowPlan,
)
from inventory_pipeline.connectors.json_sheet import Rejection, Sheet, build_cells
from inventory_pipeline.connectors.patience import parse_http_date
from inventory_pipeline.connectors.tables import build_rejected, fill_text, render_instant
from inventory_pipeline.errors import SourceContractError
from inventory_pipeline.model.frames import RAW_FEEDS
from inventory_pipeline.model.ports import Page, RawFrame

# A note is for a person: not every word of a field that was taken for another one.
_MOST_WORDS, _LONGEST_WORD = 5, 42


def build_frame(
    sheets: Sequence[Sheet], plan: RowPlan, *, answer: Page, head: Page | None
) -> RawFrame:
    """Turn the sheets of one feed into rows.

    Args:
        answer: one of the pages, for its instants.
        head: the page with the answer's headers, where a column asks for them.

    Raises:
        SourceContractError: a configured field stands in no row at all.
    """
    book = join_surely(sheets, plan)
    kept = book.cells.filter(*_find_keepers(plan)) if plan.keep else book.cells
    cells, rejected = _convert(kept, plan)
    texts = {name: _fill_constant(text, answer, head) for name, text in plan.constants.items()}
    cells = cells.with_columns(**{name: pl.lit(text, pl.String) for name, text in texts.items()})
    return RawFrame(_melt(cells, plan), build_rejected(sorted([*book.rejected, *rejected])))


def describe_left_out(sheets: Sequence[Sheet], plan: RowPlan) -> list[str]:
    """Return one sentence for every word that left rows out."""
    if not plan.keep or not sheets:
        return []
    cells = pl.concat([sheet.cells.select(*plan.keep) for sheet in sheets])
    notes: list[str] = []
    for name, keeper in zip(plan.keep, _find_keepers(plan), strict=True):
        # A row that lacks two of them is told of once.
        left = cells.filter(~keeper).group_by(name).agg(rows=pl.len()).sort("rows", name)
        notes += _tell_words(name.removeprefix(KEEP_BY), left.rows()[::-1])
        cells = cells.filter(keeper)
    return notes


def _tell_words(path: str, words: Sequence[tuple[str | None, int]]) -> list[str]:
    """Return the words that left most rows out, shortened, and how many the others left."""
    notes = [
        f"rows left out because {path} is {repr(word)[:_LONGEST_WORD]}: {count:,}"
        for word, count in words[:_MOST_WORDS]
    ]
    if rest := sum(count for _, count in words[_MOST_WORDS:]):
        notes.append(f"rows left out because {path} is something else: {rest:,}")
    return notes


def _find_keepers(plan: RowPlan) -> list[pl.Expr]:
    return [
        pl.col(name).is_in(list(words)).fill_null(value=False) for name, words in plan.keep.items()
    ]


def join_sheets(sheets: Sequence[Sheet], plan: RowPlan) -> Sheet:
    """Put the sheets of several pages under each other; rows count on from page to page."""
    cells = [build_cells([], {name: [] for name in plan.cells})]
    rejected: list[Rejection] = []
    before = 0
    for sheet in sheets:
        cells.append(sheet.cells.with_columns(pl.col("row") + before))
        rejected.extend((row + before, reason, raw) for row, reason, raw in sheet.rejected)
        before += sheet.height
    seen = frozenset[str]().union(*(sheet.seen for sheet in sheets))
    names = next((sheet.names for sheet in sheets if sheet.names), ())
    return Sheet(pl.concat(cells), rejected, seen, before, names)


def join_surely(sheets: Sequence[Sheet], plan: RowPlan) -> Sheet:
    """Put the sheets under each other.

    Raises:
        SourceContractError: a configured field stands in no row at all.
    """
    book = join_sheets(sheets, plan)
    _refuse_unseen(book, plan)
    return book


def _refuse_unseen(book: Sheet, plan: RowPlan) -> None:
    for name, spec in plan.specs.items():
        if book.cells.height and name not in book.seen and not spec.optional:
            wish = name.replace(QUANTITY_OF, "the fact ")
            near = get_close_matches(spec.path, book.names, n=1, cutoff=0.0)
            raise SourceContractError(
                f"no row has {spec.path!r}, which {wish} is read from; nearest seen is "
                f"{near[0] if near else 'nothing'!r}. Was the field renamed or retired? "
                f"If it may be absent: {{path: {spec.path}, optional: true}}"
            )


def _convert(cells: pl.DataFrame, plan: RowPlan) -> tuple[pl.DataFrame, list[Rejection]]:
    """Apply null_means, map and as; rows whose text is in no map are set aside."""
    reasons = pl.Series("reason", [None], pl.String).new_from_index(0, cells.height)
    result = cells
    for name, spec in plan.specs.items():
        if spec.null_means is None and spec.map is None and not spec.as_.startswith("epoch"):
            continue
        texts = cells[name].fill_null(spec.null_means) if spec.null_means else cells[name]
        old = texts.drop_nulls().unique()
        new = [_translate(text, spec) for text in old]
        good = pl.Series([text for text, _ in new], dtype=pl.String)
        bad = pl.Series([reason for _, reason in new], dtype=pl.String)
        result = result.with_columns(texts.replace_strict(old, good, default=None).alias(name))
        reasons = reasons.fill_null(texts.replace_strict(old, bad, default=None))
    is_bad = reasons.is_not_null()
    rejected = [
        (row["row"], reason, ", ".join(f"{k}={v}" for k, v in row.items() if k != "row"))
        for row, reason in zip(
            cells.filter(is_bad).iter_rows(named=True), reasons.filter(is_bad), strict=True
        )
    ]
    return result.filter(~is_bad), rejected


def _translate(text: str, spec: Cell) -> tuple[str | None, str | None]:
    """Return our text, or the reason why there is none."""
    if spec.map is not None:
        if text not in spec.map:
            return None, f"{spec.path} is {text[:40]!r}, which its map: does not list"
        text = spec.map[text]
    if spec.as_.startswith("epoch"):
        unit = 1 if spec.as_ == "epoch_seconds" else 1_000
        try:
            return render_instant(_EPOCH + timedelta(microseconds=_count(text, unit))), None
        except (InvalidOperation, ValueError, OverflowError):
            return None, f"{spec.path} is {text[:40]!r}, wanted a time in {spec.as_}"
    return text, None


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _count(text: str, per_second: int) -> int:
    return int(Decimal(text) * 1_000_000 / per_second)


def _fill_constant(text: str, answer: Page, head: Page | None) -> str:
    if DATE in text:
        text = text.replace(DATE, _read_date(head))
    return fill_text(text, answer)


def _melt(cells: pl.DataFrame, plan: RowPlan) -> pl.DataFrame:
    """Turn one column a fact into one row a fact, and put the columns in their order."""
    parts = [
        cells.with_columns(fact=pl.lit(fact), quantity=pl.col(f"{QUANTITY_OF}{fact}"))
        for fact in plan.facts
    ]
    if len(parts) == 1:
        cells = parts[0]
    elif parts:
        cells = pl.concat(parts).sort("row", maintain_order=True)
    required, optional = RAW_FEEDS[plan.feed]
    return cells.select("row", *(n for n in (*required, *optional) if n in cells.columns))


def _read_date(head: Page | None) -> str:
    text = head.body.decode("ascii", "replace").partition(":")[2] if head else ""
    moment = parse_http_date(text.strip())
    if moment is None:
        raise SourceContractError(f"the answer has no Date header, which {DATE} stands for")
    return render_instant(moment)

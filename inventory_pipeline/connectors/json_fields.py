"""Fields: rows that differ in their values alone, read by where their quotes stand. Pure.

The first row, read strictly, is taken apart into runs, the same bytes in every row, and the
values between them: texts in quotes, or bare ones (a number, true, false, null). Of all other
rows the positions of quotes and row ends are found at once; then every run is compared byte by
byte and every bare value with the grammar. Without a backslash or a control character each
quote begins or ends a string, so a row that passes is JSON of the same keys. If one does not,
nothing is concluded.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from inventory_pipeline.connectors.json_layout import BARE, Layout
from inventory_pipeline.connectors.json_paths import Keys
from inventory_pipeline.connectors.json_pieces import NotAlikeError, Span

_WORD = 8
# Bytes that a polars text holds in itself; a longer one is a view into something larger.
_INLINE = 12
_QUOTE = ord('"')


def read_fields(spans: Sequence[Span], layout: Layout, wanted: Mapping[str, Keys]) -> pl.DataFrame:
    """Return the wanted values of all rows of the spans as text, in their order.

    Raises:
        NotAlikeError: a row has another layout.
    """
    separator = max(spans, key=lambda span: span.height).separator
    if any(span.height > 1 and span.separator != separator for span in spans):
        raise NotAlikeError
    body, runs, end = _mark_ends(spans, separator, layout)
    grid = _Grid(body, end, quotes=sum(run.count(b'"') for run in runs))
    if grid.height != sum(span.height for span in spans):
        raise NotAlikeError
    bounds = grid.find_bounds(runs)
    places = {name: layout.places[keys] for name, keys in wanted.items() if keys in layout.places}
    bare = [number for number, is_bare in enumerate(layout.is_bare) if is_bare]
    if not places:
        raise NotAlikeError  # nothing that is read stands here
    rows = _cut_rows(body, end, grid.height)
    values = _cut_values(rows, {n: bounds[n] for n in {*places.values(), *bare}})
    values = _judge_bare(values, bare)
    return _let_rows_go(values).select(
        **{name: pl.col(str(places[name])) if name in places else _NOTHING for name in wanted}
    )


def _let_rows_go(values: pl.DataFrame) -> pl.DataFrame:
    """Copy texts that are views into their rows, which would keep all of every row."""
    lengths = values.select(pl.all().str.len_bytes().max()).row(0)
    views = [
        name for name, most in zip(values.columns, lengths, strict=True) if (most or 0) > _INLINE
    ]
    return values.with_columns(pl.col(name) + "" for name in views)


_NOTHING = pl.lit(None, pl.String)


def _mark_ends(
    spans: Sequence[Span], separator: bytes, layout: Layout
) -> tuple[bytes, list[bytes], bytes]:
    """Return the rows, each before one byte that ends a row and no other; runs; that byte.

    Where a closing brace is that byte, the rest of the separator begins the next row. Spaces
    follow the last row, so that a whole word can be read at any byte of it.
    """
    end = b"}" if layout.is_flat else b"\n"
    gap = separator if layout.is_flat else b"\n"
    lead = gap[1:]
    parts = [span.body for span in spans]
    if any(b"\\" in part or _find_least(part) < 0x20 for part in parts):
        raise NotAlikeError
    if not layout.is_flat:
        parts = [part.replace(separator, gap) for part in parts]
    body = b"".join((lead, gap.join(parts), end, b" " * _WORD))
    return body, [lead + layout.runs[0], *layout.runs[1:]], end


def _find_least(part: bytes) -> int:
    return int(np.frombuffer(part, np.uint8).min(initial=0x20))


class _Grid:
    """Positions in some rows of the same length in quotes."""

    def __init__(self, body: bytes, end: bytes, *, quotes: int) -> None:
        every = np.frombuffer(body, np.uint8)
        found = np.flatnonzero(every == _QUOTE)
        self._ends = np.flatnonzero(every == ord(end))
        self._starts = np.append(0, self._ends[:-1] + 1)
        self.height = len(self._ends)
        if len(found) != self.height * quotes:
            raise NotAlikeError
        self._quotes = found.reshape(self.height, quotes)
        self._words = np.ndarray((len(body) - _WORD + 1,), "<u8", body, strides=(1,))

    def find_bounds(self, runs: Sequence[bytes]) -> list[tuple[Any, Any]]:
        """Return begin and length of every value, row by row and counted from the row's begin.

        Raises:
            NotAlikeError: in one row a run does not stand where it should.
        """
        bounds, before, begin = [], 0, self._starts
        for number, run in enumerate(runs):
            at = self._find_run(run, before) if number else self._starts
            if number:
                bounds.append((begin - self._starts, at - begin))
                if (at < begin).any():
                    raise NotAlikeError
            if not self._holds(run, at):
                raise NotAlikeError
            before += run.count(b'"')
            begin = at + len(run)
        first = runs[0].index(b'"')
        if (begin != self._ends).any() or (self._quotes[:, 0] - self._starts != first).any():
            raise NotAlikeError
        return bounds

    def _find_run(self, run: bytes, before: int) -> Any:
        """Return where a run begins; ``before`` quotes of the row stand before it."""
        if b'"' not in run:
            return self._ends - len(run)
        return self._quotes[:, before] - run.index(b'"')

    def _holds(self, run: bytes, at: Any) -> bool:
        """Return whether the run stands at these positions, word by word."""
        if at.min() < 0 or at.max() + len(run) >= len(self._words):
            return False
        if not run:
            return True
        if len(run) < _WORD:
            mask = np.uint64(256 ** len(run) - 1)
            wanted = np.uint64(int.from_bytes(run, "little"))
            return bool((self._words[at] & mask == wanted).all())
        steps = [*range(0, len(run) - _WORD, _WORD), len(run) - _WORD]
        return all(
            (self._words[at + step] == np.frombuffer(run, "<u8", 1, step)[0]).all()
            for step in steps
        )


def _cut_rows(body: bytes, end: bytes, height: int) -> pl.Series:
    """Return every row as bytes: views of one copy, which makes cutting them cheap."""
    rows = pl.read_csv(
        body, has_header=False, separator="\x01", quote_char=None, eol_char=end.decode(),
        schema={"row": pl.String}, empty_string_is_null=False,
    )  # fmt: skip
    # The spaces behind the last end are one more.
    if rows.height != height + 1:
        raise NotAlikeError
    return rows["row"].head(height).cast(pl.Binary)


def _cut_values(rows: pl.Series, bounds: Mapping[int, tuple[Any, Any]]) -> pl.DataFrame:
    """Return values of every row as text, by their number."""
    table = pl.DataFrame(
        {
            "row": rows,
            **{f"begin{number}": begin for number, (begin, _) in bounds.items()},
            **{f"length{number}": length for number, (_, length) in bounds.items()},
        }
    )
    return table.select(
        pl.col("row")
        .bin.slice(pl.col(f"begin{number}"), pl.col(f"length{number}"))
        .cast(pl.String)
        .alias(str(number))
        for number in bounds
    )


def _judge_bare(values: pl.DataFrame, bare: Sequence[int]) -> pl.DataFrame:
    """Refuse what is no number, true, false or null; null is nothing."""
    texts = pl.col(str(number) for number in bare)
    judged = values.select(
        (texts.str.contains(f"^(?:{BARE})$").all()).name.prefix("is_bare"),
        (texts == "null").any().name.prefix("has_null"),
    )
    if not all(judged.item(0, f"is_bare{number}") for number in bare):
        raise NotAlikeError
    nulls = [str(number) for number in bare if judged.item(0, f"has_null{number}")]
    return values.with_columns(pl.when(pl.col(n) != "null").then(pl.col(n)).alias(n) for n in nulls)

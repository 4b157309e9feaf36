"""Words: a text column as numbers and its distinct texts, so that a text is judged once."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

# Rows that tell whether a column repeats itself from row to row.
_SAMPLE = 4096
# Up to this many possible pairs a table finds the ones that occur; beyond it a sort does.
_TABLE_LIMIT = 1 << 26


@dataclass(frozen=True)
class Coded:
    """A text column as numbers: ``texts.gather(codes)`` is the column, null read as ''.

    Attributes:
        codes: one number per row (Int32).
        texts: distinct texts, in no order that means anything.
        is_full: every text is known to stand in a row.
    """

    codes: Any
    texts: pl.Series
    is_full: bool = True

    def spread(self, values: Any) -> Any:
        """Turn one value per text into one value per row."""
        if len(values) == 1:
            return np.broadcast_to(values[0], self.codes.shape)
        return values[self.codes]

    def filter(self, is_kept: Any) -> "Coded":
        """Return the rows under a mask; a text may be left that no row uses."""
        return Coded(self.codes[is_kept], self.texts, is_full=False)

    def find_used(self) -> Any:
        """Return a mask over the texts: which of them stand in a row."""
        if self.is_full:
            return np.ones(self.texts.len(), np.bool_)
        is_used = np.zeros(self.texts.len(), np.bool_)
        is_used[self.codes] = True
        return is_used


def encode(frame: pl.DataFrame, columns: tuple[str, ...]) -> dict[str, Coded]:
    """Code text columns; a text that the next rows repeat is read once."""
    return {name: _encode(frame[name]) for name in columns}


def _encode(column: pl.Series) -> Coded:
    if isinstance(column.dtype, pl.Categorical) and not column.null_count():
        return _take_apart(column, is_full=False)
    column = column.cast(pl.String).fill_null("")
    starts = _find_starts(column)
    heads = column if starts is None else column.gather(starts)
    coded = heads.cast(pl.Categorical(pl.Categories.random()))
    return _spread_runs(_take_apart(coded, is_full=True), starts, column.len())


def _find_starts(column: pl.Series) -> Any:
    """Return the rows that differ from the row before, or None where nearly all of them do."""
    sample = column.head(_SAMPLE)
    if 2 * (sample[1:] != sample[:-1]).sum() > sample.len():
        return None
    # Chunk by chunk: to put them into one first would copy the whole column.
    starts, first, before = [np.zeros(0, np.int64)], 0, None
    for chunk in column.get_chunks():
        if not chunk.len():
            continue
        if chunk[0] != before:
            starts.append(np.array([first]))
        changes = (chunk[1:] != chunk[:-1]).arg_true().to_numpy()
        starts.append(changes.astype(np.int64) + (first + 1))
        first, before = first + chunk.len(), chunk[-1]
    return np.concatenate(starts)


def _spread_runs(coded: Coded, starts: Any, height: int) -> Coded:
    if starts is None:
        return coded
    if len(starts) == 1:
        return Coded(np.broadcast_to(coded.codes[0], (height,)), coded.texts)
    return Coded(np.repeat(coded.codes, np.diff(starts, append=height)), coded.texts)


def _take_apart(column: pl.Series, *, is_full: bool) -> Coded:
    codes = column.to_physical().to_numpy().view(np.int32)
    numbers = pl.Series(np.arange(codes.max(initial=-1) + 1, dtype=np.uint32))
    return Coded(codes, numbers.cat.to(column.dtype).cast(pl.String), is_full)


def encode_series(texts: pl.Series) -> Coded:
    """Code one column."""
    return encode(texts.to_frame("text"), ("text",))["text"]


def rename(coded: Coded, texts: pl.Series) -> Coded:
    """Put new texts in place of the old ones, one each; equal new texts become one."""
    if texts.n_unique() == texts.len():
        return Coded(coded.codes, texts, coded.is_full)
    new = encode_series(texts)
    return Coded(coded.spread(new.codes), new.texts, coded.is_full)


def pair(first: Coded, second: Coded) -> tuple[Any, Any, Any]:
    """Find the pairs of texts that occur.

    Returns:
        One number per row, the pair's; and per pair the code of each of its two texts.
    """
    size, width = first.texts.len(), second.texts.len()
    if width <= 1:
        return first.codes, np.arange(size), np.zeros(size, np.int64)
    both = second.codes.astype(find_kind(size * width)) * size + first.codes
    if size * width > _TABLE_LIMIT:
        found, codes = np.unique(both, return_inverse=True)
    else:
        table = np.zeros(size * width, np.int32)
        table[both] = 1
        found = np.flatnonzero(table)
        table[found] = np.arange(found.size)
        codes = table[both]
    return codes, found % size, found // size


def find_kind(size: int) -> type[np.signedinteger[Any]]:
    """Half the memory is half the time wherever the numbers fit."""
    return np.int32 if size < 2**31 else np.int64


def find_repeats(*columns: Coded) -> Any:
    """Return a mask over the rows: which share all their texts with another row."""
    size = math.prod(column.texts.len() for column in columns)
    code = np.zeros(len(columns[0].codes), find_kind(size))
    for column in columns:
        if column.texts.len() > 1:
            code *= column.texts.len()
            code += column.codes
    if size > _TABLE_LIMIT:
        return pl.Series(code).is_duplicated().to_numpy()
    is_seen = np.zeros(size, np.bool_)
    is_seen[code] = True
    if np.count_nonzero(is_seen) == code.size:
        return np.zeros(code.size, np.bool_)
    return np.bincount(code, minlength=size)[code] > 1

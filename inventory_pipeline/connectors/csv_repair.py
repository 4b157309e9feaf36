"""CSV repair: which lines of an unsound file are records, and which belong to none. Pure.

Reached only when a line does not fit the header by itself. It is the start of a quoted cell
that runs over several lines, or it is broken; a broken line takes no other line with it.
"""

import re
from dataclasses import dataclass

import polars as pl

# A quoted cell may run over this many lines: a quote nobody closes costs no more than that.
MAX_CELL_LINES = 200


@dataclass(frozen=True)
class Records:
    """Lines put together to records.

    Attributes:
        whole: ``row`` (Int64, counts broken ones too) and ``text`` of every whole record.
        broken: ``row``, ``number`` (the line in the file, the header is 1) and ``text``.
    """

    whole: pl.DataFrame
    broken: pl.DataFrame


def build_record_pattern(width: int, delimiter: str) -> str:
    """Return the pattern of one whole record of ``width`` cells; Rust and Python read it alike."""
    cell = _build_cell_pattern(delimiter)
    return rf"^{cell}(?:{re.escape(delimiter)}{cell}){{{width - 1}}}$"


def _build_cell_pattern(delimiter: str) -> str:
    return rf'(?:"(?:[^"]|"")*"|[^"{re.escape(delimiter)}]*)'


def find_records(lines: pl.Series, *, width: int, delimiter: str) -> Records:
    """Put the lines after the header together to records; empty lines between them are none.

    Args:
        lines: every line after the header, in order, without line ends.
        width: cells of the header.
        delimiter: the character between two cells.
    """
    is_bad = ~lines.str.contains(build_record_pattern(width, delimiter)) & (lines != "")
    joined, broken = _join_bad(lines, is_bad.arg_true().to_list(), _Joiner(width, delimiter))
    tails = [line for first, (last, _) in joined.items() for line in range(first + 1, last + 1)]
    texts = lines.scatter(list(joined), [text for _, text in joined.values()])
    table = pl.DataFrame({"text": texts}).with_row_index("line")
    table = table.filter(~pl.col("line").is_in(tails), pl.col("text") != "").select(
        "text",
        row=pl.int_range(1, pl.len() + 1, dtype=pl.Int64),
        number=pl.col("line").cast(pl.Int64) + 2,
        is_broken=pl.col("line").is_in(broken),
    )
    return Records(
        whole=table.filter(~pl.col("is_broken")).select("row", "text"),
        broken=table.filter("is_broken").select("row", "number", "text"),
    )


def _join_bad(
    lines: pl.Series, bad: list[int], joiner: "_Joiner"
) -> tuple[dict[int, tuple[int, str]], list[int]]:
    joined: dict[int, tuple[int, str]] = {}
    broken: list[int] = []
    done = -1
    for first in bad:
        if first <= done:
            continue
        record = joiner.join(lines, first)
        if record is None:
            broken.append(first)
        else:
            joined[first] = record
            done = record[0]
    return joined, broken


class _Joiner:
    """Puts the lines of one quoted cell back together; looks at every line once."""

    def __init__(self, width: int, delimiter: str) -> None:
        cell, comma = _build_cell_pattern(delimiter), re.escape(delimiter)
        inside = r'(?:[^"]|"")*'
        self._whole = re.compile(build_record_pattern(width, delimiter))
        self._opens = re.compile(rf'(?:{cell}{comma})*"{inside}')
        self._stays = re.compile(rf'{inside}(?:"(?:{comma}{cell})*{comma}"{inside})?')
        self._closes = re.compile(rf'{inside}"(?:{comma}{cell})*')

    def join(self, lines: pl.Series, first: int) -> tuple[int, str] | None:
        """Return the last line of the record that starts at ``first`` and its text, if any."""
        parts = [lines[first]]
        if '"' not in parts[0] or not self._opens.fullmatch(parts[0]):
            return None
        for last in range(first + 1, min(first + MAX_CELL_LINES, lines.len())):
            parts.append(lines[last])
            if self._stays.fullmatch(parts[-1]):
                continue
            text = "\n".join(parts)
            is_record = self._closes.fullmatch(parts[-1]) and self._whole.fullmatch(text)
            return (last, text) if is_record else None
        return None


def describe_broken(text: str, number: int, *, width: int, delimiter: str) -> str:
    """Say why a line is no record."""
    if '"' in text:
        return f"line {number}: a quote stands where none may, or is never closed"
    return f"line {number}: {text.count(delimiter) + 1} cells, wanted {width}"

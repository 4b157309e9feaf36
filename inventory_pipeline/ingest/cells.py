"""Cells: text of a source read exactly, or refused with a reason.

Every function adds columns to a frame; ``reason`` is null while a row is good. The first
reason wins, so that the quarantine names what a person should mend first.
"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import polars as pl

from inventory_pipeline.model.frames import INSTANT
from inventory_pipeline.model.quantities import DECIMAL_ZERO_PATTERN, QUANTITY_PATTERN
from inventory_pipeline.model.wording import word

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


def start(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with an empty ``reason``."""
    return frame.with_columns(reason=pl.lit(None, pl.String))


def refuse(frame: pl.DataFrame, when: pl.Expr, reason: pl.Expr | str) -> pl.DataFrame:
    """Give ``reason`` to the rows ``when`` is true for, unless they have one."""
    text = pl.lit(reason) if isinstance(reason, str) else reason
    return frame.with_columns(
        reason=pl.when(pl.col("reason").is_null() & when.fill_null(value=False))
        .then(text)
        .otherwise("reason")
    )


def read_ids(frame: pl.DataFrame, columns: tuple[str, ...]) -> pl.DataFrame:
    """Refuse rows whose identifiers are empty or hold control characters; text stays text."""
    for column in columns:
        text = pl.col(column)
        frame = refuse(frame, text.is_null() | (text.str.len_bytes() == 0), f"{column} is empty")
        frame = refuse(
            frame, text.str.contains(r"[\x00-\x1f\x7f]"), f"{column} holds a control character"
        )
        frame = refuse(frame, text.str.len_bytes() > 512, f"{column} is longer than 512 bytes")
    return frame


def read_instant(
    frame: pl.DataFrame, column: str, *, zone: str | None, latest: datetime, required: bool = True
) -> pl.DataFrame:
    """Turn a text column into a UTC instant, or refuse the row.

    A time without a zone is refused unless the system declares one. A time in the declared
    zone's autumn fold means its first pass; one in the spring gap does not exist.
    """
    if frame[column].dtype.is_temporal():
        parsed = frame.with_columns(pl.col(column).cast(INSTANT).alias("instant"))
        parsed = parsed.with_columns(problem=pl.lit(None, pl.String))
    else:
        book = _read_unique(frame[column], zone)
        parsed = frame.join(
            book, on=column, how="left", validate="m:1", nulls_equal=True, maintain_order="left"
        )
    has_text = pl.col(column).is_not_null() & (pl.col(column).cast(pl.String) != "")
    if required:
        parsed = refuse(parsed, ~has_text, f"{column} is empty")
    parsed = refuse(parsed, has_text & pl.col("problem").is_not_null(), pl.col("problem"))
    parsed = refuse(
        parsed,
        (pl.col("instant") < EARLIEST) | (pl.col("instant") > latest),
        word(f"{column} {{}} is impossible here", pl.col("instant").dt.to_string("iso")),
    )
    return parsed.with_columns(pl.col("instant").alias(column)).drop("instant", "problem")


def _read_unique(column: pl.Series, zone: str | None) -> pl.DataFrame:
    texts = column.unique()
    results = [_parse_instant(text, column.name, zone) for text in texts]
    return pl.DataFrame(
        {
            column.name: texts,
            "instant": pl.Series([r[0] for r in results], dtype=INSTANT),
            "problem": pl.Series([r[1] for r in results], dtype=pl.String),
        }
    )


def _parse_instant(
    text: str | None, name: str, zone: str | None
) -> tuple[datetime | None, str | None]:
    if not text:
        return None, None
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None, f"{name} is {text[:40]!r}, wanted an instant such as 2026-04-06T10:00:00Z"
    if len(text.strip()) < len("2026-04-06T10"):
        return None, f"{name} is {text[:40]!r}, a day without a time"
    if moment.tzinfo is not None:
        return moment.astimezone(UTC), None
    if zone is None:
        return None, f"{name} {text!r} has no zone and the system declares no time_zone"
    local = moment.replace(tzinfo=ZoneInfo(zone))
    there = local.astimezone(UTC)
    if there.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != moment:
        return None, f"{name} {text!r} does not exist in {zone} (clocks went forward)"
    return there, None


def read_quantity(
    frame: pl.DataFrame, column: str, *, decimal: str, thousands: str
) -> pl.DataFrame:
    """Turn ``quantity`` into Int64 ``number`` by the exact grammar, or refuse the row.

    The grammar is ``-?[0-9]{1,9}``; a declared thousands mark is taken out and a declared
    decimal mark may be followed by zeros only. Nothing is rounded.
    """
    if frame[column].dtype.is_integer():
        frame = frame.with_columns(number=pl.col(column).cast(pl.Int64, strict=False))
        frame = refuse(frame, pl.col("number").is_null(), "quantity is empty")
        return refuse(frame, _is_large("number"), word("quantity {} is over 999999999", column))
    text = _strip_marks(pl.col(column).cast(pl.String), decimal, thousands)
    frame = frame.with_columns(exact=text)
    is_exact = pl.col("exact").str.contains(QUANTITY_PATTERN) & (pl.col("exact") != "-0")
    frame = refuse(frame, pl.col(column).is_null() | (pl.col(column) == ""), "quantity is empty")
    frame = refuse(
        frame,
        ~is_exact,
        word(
            "quantity is '{}', wanted a whole number up to 999999999",
            pl.col(column).str.slice(0, 40),
        ),
    )
    return frame.with_columns(number=pl.when(is_exact).then(pl.col("exact")).cast(pl.Int64)).drop(
        "exact"
    )


def _strip_marks(text: pl.Expr, decimal: str, thousands: str) -> pl.Expr:
    if thousands:
        mark = "\\" + thousands
        tail = rf"(\{decimal}[0-9]+)?" if decimal else ""
        grouped = rf"^-?[0-9]{{1,3}}({mark}[0-9]{{3}})+{tail}$"
        text = (
            pl.when(text.str.contains(grouped))
            .then(text.str.replace_all(thousands, "", literal=True))
            .otherwise(text)
        )
    if decimal:
        pattern = DECIMAL_ZERO_PATTERN.replace(r"\.", "\\" + decimal)
        text = text.str.replace(pattern, "${1}")
    return text


def convert_units(frame: pl.DataFrame) -> pl.DataFrame:
    """Turn ``number`` of a unit into whole eaches ``units`` by the exact factor, or refuse.

    Args:
        frame: number, numerator, denominator (numerator 0: nobody resolved the unit), unit.
    """
    frame = refuse(
        frame,
        pl.col("numerator") == 0,
        word("unit '{}' of {} has no eaches_per_unit", "unit", "item_id"),
    )
    # A factor is bounded by 10^9 and a number by 10^9: the product fits Int64.
    product = pl.col("number") * pl.col("numerator")
    frame = refuse(
        frame,
        (pl.col("numerator") != 0) & (product % pl.col("denominator") != 0),
        word(
            "{} {} is no whole number of eaches (factor {}/{})",
            "number",
            "unit",
            "numerator",
            "denominator",
        ),
    )
    frame = frame.with_columns(units=product // pl.col("denominator"))
    return refuse(frame, _is_large("units"), "quantity in eaches is over 999999999")


def _is_large(column: str) -> pl.Expr:
    # Not abs(): the lowest Int64 is its own absolute value.
    return ~pl.col(column).is_between(-999_999_999, 999_999_999)


def split(frame: pl.DataFrame, raw: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part good rows from refused ones; refused rows keep the source's own text.

    Returns:
        The good rows, and a QUARANTINE frame.
    """
    bad = frame.filter(pl.col("reason").is_not_null()).select("row", "reason")
    if bad.is_empty():
        return frame, pl.DataFrame(schema={"row": pl.Int64, "reason": pl.String, "raw": pl.String})
    columns = [column for column in raw.columns if column != "row"]
    text = pl.concat_str(
        [word("{}={}", pl.lit(c), pl.col(c).cast(pl.String).fill_null("")) for c in columns],
        separator=" | ",
    ).str.slice(0, 2000)
    quarantine = bad.join(raw.select("row", raw=text), on="row", how="left", validate="m:1")
    return frame.filter(pl.col("reason").is_null()), quarantine.sort("row")

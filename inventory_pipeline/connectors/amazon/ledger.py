"""The ledger: rows of Amazon's inventory ledger as movements. Pure.

The report has no ids, and equal rows are different events (two sales of one unit on one day).
So a row is named by what it says and by how many equal ones stand before it, over whole days:
then a later report of the same days gives the same names. Quantities are signed; ours are not,
but for an adjustment, which is also what an event against its usual sign is.

Sources: developer-docs.amazon.com/sp-api/docs/report-type-values-fba (columns, event types);
sellercentral.amazon.com help 200453260 (reasons); airbytehq/airbyte, source-amazon-seller-partner
(a file's shape).
"""

import codecs
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches

import polars as pl

from inventory_pipeline.connectors.amazon.options import AmazonOptions, Ledger
from inventory_pipeline.connectors.amazon.reports import Document
from inventory_pipeline.connectors.csv_table import parse_csv
from inventory_pipeline.connectors.json_connector import HEADERS
from inventory_pipeline.connectors.tables import Plan, build_rejected
from inventory_pipeline.connectors.text_source import TextForm, open_text
from inventory_pipeline.errors import SourceContractError
from inventory_pipeline.model.ports import FetchContext, Page, RawFrame
from inventory_pipeline.model.wording import word

# What each event is where units came in, and where they went out.
KINDS: Mapping[str, tuple[str, str]] = {
    "Receipts": ("receipt", "adjustment"),
    "Shipments": ("adjustment", "shipment"),
    "CustomerReturns": ("return_received", "adjustment"),
    "WhseTransfers": ("transfer_in", "transfer_out"),
    # Sent back to the seller, sold off or destroyed: the report does not say which.
    "VendorReturns": ("adjustment", "adjustment"),
    "Adjustments": ("adjustment", "adjustment"),
}
# An event nobody has declared.
OTHER_KIND = "adjustment"
# Reasons of adjustments that took units out; found, misplaced and the rest are adjustments.
REASONS: Mapping[str, str] = {**dict.fromkeys("67EHKU", "damage"), "D": "write_off"}
RETURNS = "CustomerReturns"

_COLUMNS = (
    "date", "fnsku", "msku", "eventtype", "referenceid", "quantity", "fulfillmentcenter",
    "disposition", "reason", "country",
)  # fmt: skip
_MOMENT = "dateandtime"
# What names a row. What Amazon settles later (reconciled quantities) or words anew is no part.
_NAMING = ("day", *_COLUMNS[1:])
_MAX_BYTES = 256 << 20
_FROM = "Ledger-From"
_CHARSET = re.compile(r"charset=\"?([\w.:-]{1,40})", re.ASCII | re.IGNORECASE)


def write_pages(document: Document, first_day: date, context: FetchContext) -> list[Page]:
    """Return the pages that land: which days and which encoding, and the document itself."""
    found = _CHARSET.search(document.kind)
    charset = found[1] if found else "utf-8"
    head = f"{_FROM}: {first_day.isoformat()}\r\nCharset: {charset}\r\n".encode()
    kind = "csv.gz" if document.is_packed else "csv"
    return [
        Page(body, kind, hour_at=context.hour_at, fetched_at=context.now())
        for body, kind in ((head, HEADERS), (document.body, kind))
    ]


def parse_ledger(pages: Iterable[Page], options: AmazonOptions, ledger: Ledger) -> RawFrame:
    """Turn the landed report into rows of movements.

    Raises:
        SourceContractError: it is no such report.
    """
    head: dict[str, str] = {}
    part = RawFrame(pl.DataFrame(), build_rejected([]))
    for page in pages:
        if page.kind == HEADERS:
            head = dict(line.split(": ", 1) for line in page.body.decode().splitlines())
        else:
            part = _read_table(page, head.get("Charset", "utf-8"))
    if part.rows.is_empty():
        return RawFrame(_shape(_EMPTY), part.rejected)
    rows = _keep(_clean(part.rows), head.get(_FROM, ""), ledger.dispositions)
    placed = rows.with_columns(location_id=_place(options, ledger))
    lost = placed.filter(pl.col("location_id").is_null())
    rejected = [
        (row["row"], _describe_lost(row["country"]), _render(row))
        for row in lost.iter_rows(named=True)
    ]
    told = _tell(placed.filter(pl.col("location_id").is_not_null()), _find_only(options, ledger))
    return RawFrame(_shape(told), pl.concat([part.rejected, build_rejected(rejected)]))


@dataclass(frozen=True)
class _Columns(Plan):
    """Amazon's columns, whether their names are written with spaces or without."""

    def find_sources(self, seen: Sequence[str]) -> dict[str, str]:
        names = {name.replace(" ", "").lower(): name for name in seen}
        for wanted in _COLUMNS:
            if wanted not in names:
                near = get_close_matches(wanted, names, n=1, cutoff=0.0)
                raise SourceContractError(
                    f"the report has no column {wanted!r}; nearest seen is {near[0]!r}"
                )
        return {name: names[name] for name in (*_COLUMNS, _MOMENT) if name in names}


def _read_table(page: Page, charset: str) -> RawFrame:
    try:
        codecs.lookup(charset)
    except LookupError:
        raise SourceContractError(
            f"the report is written in {charset!r}, which is unknown"
        ) from None
    source = open_text(page, TextForm(charset, max_bytes=_MAX_BYTES))
    body = source if isinstance(source, bytes) else b""
    table = replace(page, body=_quote(body), kind="csv", path=None)
    return parse_csv(table, _Columns("movements"), TextForm(delimiter="\t"))


def _quote(body: bytes) -> bytes:
    """Quote every cell of a file that quotes none, so that a quote in a title is a letter."""
    text = body.removeprefix(codecs.BOM_UTF8)
    if text.startswith(b'"'):
        return text
    lines = text.replace(b"\r\n", b"\n").replace(b'"', b'""').split(b"\n")
    return b"\n".join(
        b'"' + line.replace(b"\t", b'"\t"') + b'"' if line else line for line in lines
    )


def _clean(rows: pl.DataFrame) -> pl.DataFrame:
    if _MOMENT not in rows.columns:
        rows = rows.with_columns(pl.lit("").alias(_MOMENT))
    texts = rows.with_columns(pl.exclude("row").fill_null(""))
    day = pl.coalesce(
        pl.col("date").str.to_date("%m/%d/%Y", strict=False),
        pl.col("date").str.to_date("%Y-%m-%d", strict=False),
    )
    return texts.with_columns(day=day.dt.to_string("%Y-%m-%d").fill_null(pl.col("date")))


def _keep(rows: pl.DataFrame, first_day: str, dispositions: Sequence[str]) -> pl.DataFrame:
    """Leave out days that are not whole, and what moves no number that may be sold."""
    is_back = (pl.col("eventtype") == RETURNS) & ~pl.col("quantity").str.starts_with("-")
    is_meant = pl.col("disposition").is_in(["", *dispositions])
    is_day = pl.col("day").str.contains(r"^\d{4}-\d\d-\d\d$")
    is_early = is_day & (pl.col("day") < first_day)
    return rows.filter((is_back | is_meant) & ~is_early)


def _find_only(options: AmazonOptions, ledger: Ledger) -> str | None:
    """Return the place of all rows, if it is one."""
    places = set((ledger.countries or options.marketplaces).values())
    return places.pop() if len(places) == 1 else None


def _place(options: AmazonOptions, ledger: Ledger) -> pl.Expr:
    if ledger.countries is None:
        return pl.lit(_find_only(options, ledger), pl.String)
    return pl.col("country").replace_strict(ledger.countries, default=None, return_dtype=pl.String)


def _tell(rows: pl.DataFrame, only: str | None) -> pl.DataFrame:
    is_out = pl.col("quantity").str.starts_with("-")
    named = rows.with_columns(kind=pl.when(is_out).then(_find_out()).otherwise(_find_in()))
    is_signed = pl.col("kind") == "adjustment"
    return named.with_columns(
        movement_id=_name_rows(named),
        item_id=pl.col("msku"),
        quantity=pl.when(is_signed)
        .then("quantity")
        .otherwise(pl.col("quantity").str.strip_prefix("-")),
        # A day without a time begins where it began for Amazon: at midnight.
        moved_at=pl.when(pl.col(_MOMENT) != "")
        .then(pl.col(_MOMENT))
        .otherwise(pl.col("day") + "T00:00:00"),
        reference_id=pl.col("referenceid"),
        disposition=pl.col("disposition").str.to_lowercase(),
        destination_id=pl.when(pl.col("kind") == "transfer_out").then(pl.lit(only, pl.String)),
    )


def _find_in() -> pl.Expr:
    kinds = {event: kind for event, (kind, _) in KINDS.items()}
    return pl.col("eventtype").replace_strict(kinds, default=OTHER_KIND)


def _find_out() -> pl.Expr:
    kinds = {event: kind for event, (_, kind) in KINDS.items()}
    by_reason = pl.col("reason").replace_strict(REASONS, default="adjustment")
    by_event = pl.col("eventtype").replace_strict(kinds, default=OTHER_KIND)
    return pl.when(pl.col("eventtype") == "Adjustments").then(by_reason).otherwise(by_event)


def _name_rows(rows: pl.DataFrame) -> pl.Series:
    said = rows.select(pl.concat_str(_NAMING, separator="\x1f").alias("said"))["said"]
    digests = {text: hashlib.sha256(text.encode()).hexdigest()[:24] for text in said.unique()}
    named = pl.DataFrame({"said": said, "day": rows["day"]}).with_columns(
        digest=pl.col("said").replace_strict(digests, default="", return_dtype=pl.String),
        number=(pl.int_range(pl.len()).over("said") + 1).cast(pl.String),
    )
    return named.select(word("{}:{}:{}", "day", "digest", "number")).to_series()


def _describe_lost(country: str) -> str:
    return f"the country is {country[:40]!r}, which ledger.countries does not list"


def _render(row: Mapping[str, object]) -> str:
    return ", ".join(f"{name}={row[name]}" for name in (*_COLUMNS, _MOMENT))


_OURS = (
    "movement_id", "kind", "item_id", "location_id", "quantity", "moved_at", "reference_id",
    "disposition", "destination_id",
)  # fmt: skip
_EMPTY = pl.DataFrame(schema={"row": pl.Int64(), **dict.fromkeys(_OURS, pl.String())})


def _shape(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select("row", *_OURS)

"""X12 pages as text rows: 846 as counts, 944 and 945 as movements. Pure.

Times are those of the documents, as text without a zone: the system's ``time_zone`` is theirs.

Source: https://www.stedi.com/edi/x12-004010/segment/ BIA, N1, LIN, QTY, CTT, W17, W07, W06, W12
"""

import polars as pl

from inventory_pipeline.connectors.tables import Plan, build_rejected, fill_fixed
from inventory_pipeline.connectors.text_source import TextForm, describe_undecodable, open_text
from inventory_pipeline.connectors.x12.counts import read_counts
from inventory_pipeline.connectors.x12.envelope import read_sets
from inventory_pipeline.connectors.x12.movements import read_movements
from inventory_pipeline.connectors.x12.options import X12_FEEDS, X12Options
from inventory_pipeline.connectors.x12.rows import Rows
from inventory_pipeline.errors import SourceContractError
from inventory_pipeline.model.frames import RAW_FEEDS
from inventory_pipeline.model.ports import Page, RawFrame

# What may stand in a file beside the sets of a feed: the other feed's, and acknowledgements.
BESIDE = ("846", "944", "945", "997", "999")


def parse_x12(page: Page, plan: Plan, form: TextForm, options: X12Options) -> RawFrame:
    """Read the sets of one file that tell of the feed; ``row`` counts what they tell.

    Raises:
        SourceContractError: an envelope that is not whole, a report of changes only, a set
            that tells of something else, or a place that nothing names.
    """
    source = open_text(page, form)
    wanted, kinds = X12_FEEDS[plan.feed], set()
    rows = Rows((*RAW_FEEDS[plan.feed][0], *RAW_FEEDS[plan.feed][1]))
    read = read_counts if plan.feed == "counts" else read_movements
    try:
        for document in read_sets(source):
            kinds.add(document.kind)
            if document.kind in wanted:
                read(document, options, rows)
    except UnicodeDecodeError:
        raise SourceContractError(describe_undecodable(source, form)) from None
    if kinds.difference(BESIDE) or not kinds.intersection(wanted):
        raise SourceContractError(
            f"the file holds {' '.join(sorted(kinds)) or 'nothing'}, wanted {' or '.join(wanted)}"
        )
    _refuse_placeless(rows, plan, options)
    return RawFrame(fill_fixed(_build_frame(rows, plan), plan, page), build_rejected(rows.rejected))


def _build_frame(rows: Rows, plan: Plan) -> pl.DataFrame:
    """Return the required columns, and those of the others that are told of at all."""
    told = {name: column for name, column in rows.columns.items() if name not in plan.fixed}
    required = RAW_FEEDS[plan.feed][0]
    kept = {n: column for n, column in told.items() if n in required or any(column)}
    return pl.DataFrame(
        {"row": rows.numbers, **kept},
        schema={"row": pl.Int64(), **dict.fromkeys(kept, pl.String())},
    )


def _refuse_placeless(rows: Rows, plan: Plan, options: X12Options) -> None:
    places = rows.columns["location_id"]
    if places and not any(places) and "location_id" not in plan.fixed:
        raise SourceContractError(
            f"no N1 segment with {options.location} names a place; say which party it is with "
            f"x12: {{location: ...}}, or the place: fixed: {{{plan.feed}: {{location_id: ...}}}}"
        )

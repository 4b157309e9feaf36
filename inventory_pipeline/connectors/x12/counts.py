"""846, Inventory Inquiry/Advice: what a place says it has, as counts. Pure."""

from collections.abc import Iterator

from inventory_pipeline.connectors.x12.envelope import Segment, TransactionSet, find_element
from inventory_pipeline.connectors.x12.options import X12Options
from inventory_pipeline.connectors.x12.rows import (
    Row,
    Rows,
    describe_lacking,
    find_head,
    find_ids,
    find_item,
    find_location,
    find_made_at,
    render_time,
)
from inventory_pipeline.errors import SourceContractError

# Purposes (element 353) of a whole report: original, replace, duplicate, sent again, reissue.
WHOLE = ("00", "05", "07", "15", "18")


def read_counts(document: TransactionSet, options: X12Options, rows: Rows) -> None:
    """Add the declared quantities of every item; one that is not told is no row.

    Raises:
        SourceContractError: a report of changes, or items that are missing by its own count.
    """
    head = find_head(document, "BIA")
    _refuse_part(find_element(head, 1))
    day, time = find_element(head, 4), find_element(head, 5)
    known: Row = {
        "location_id": find_location(document, options, before="LIN"),
        # A report without a time was true when it was made, not at midnight.
        "as_of": render_time(day, time) if time else find_made_at(document),
    }
    lines = 0
    for line, quantities in _split_lines(document, options):
        lines += 1
        _add_item(line, _read_quantities(quantities, document.component), known, options, rows)
    _check_total(document, lines)


def _add_item(
    line: Segment, quantities: list[tuple[str, Row]], known: Row, options: X12Options, rows: Rows
) -> None:
    ids = find_ids(line, range(2, len(line), 2))
    item_id = find_item(ids, options)
    if item_id is None:
        rows.reject(describe_lacking(ids, options), line)
        return
    own: Row = {**known, "item_id": item_id, "bin": ids.get(options.bin or "")}
    for fact, wanted in options.facts.items():
        for qualifier, quantity in quantities:
            if qualifier == wanted:
                rows.add({**own, "fact": fact, **quantity})


def _read_quantities(segments: list[Segment], component: str) -> list[tuple[str, Row]]:
    """Return the qualifier of each quantity, and the quantity with its unit."""
    return [
        (
            find_element(segment, 1),
            {
                "quantity": find_element(segment, 2) or None,
                "unit": find_element(segment, 3).split(component)[0] or None,
            },
        )
        for segment in segments
    ]


def _split_lines(
    document: TransactionSet, options: X12Options
) -> Iterator[tuple[Segment, list[Segment]]]:
    """Yield every LIN with the QTY segments below it."""
    line: Segment | None = None
    quantities: list[Segment] = []
    for segment in document.segments:
        if segment[0] == "LIN":
            if line is not None:
                yield line, quantities
            line, quantities = segment, []
        elif segment[0] == "QTY":
            quantities.append(segment)
        elif line is not None:
            _refuse_places(segment, options)
    if line is not None:
        yield line, quantities


def _refuse_part(purpose: str) -> None:
    if purpose not in WHOLE:
        raise SourceContractError(
            f"BIA01 is {purpose!r}, so that this is not a whole report (wanted {' '.join(WHOLE)}) "
            "and what it lacks would mean nothing"
        )


def _refuse_places(segment: Segment, options: X12Options) -> None:
    """Refuse quantities that are spread over places below an item: that is not read."""
    is_place = segment[0] == "N1" and find_element(segment, 1) == options.location
    if is_place or segment[0] == "SDQ":
        raise SourceContractError(
            f"{segment[0]} spreads an item over places, and that is not read; ask the partner for "
            "one 846 for each place"
        )


def _check_total(document: TransactionSet, lines: int) -> None:
    for segment in document.segments:
        said = find_element(segment, 1)
        if segment[0] == "CTT" and (not said.isdigit() or int(said) != lines):
            raise SourceContractError(
                f"CTT counts {said!r} items, there are {lines}: something is missing"
            )

"""944 and 945: what a warehouse received and shipped, as movements. Pure.

A movement has the day it happened on, and is recorded when the document was made. Its id is
made of the document's own numbers, so that a document that is sent again is the same movements.
"""

from collections.abc import Mapping
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Layout:
    """Where one kind of document says what.

    Attributes:
        head, line: the segments it begins with and tells of one item in.
        names: elements of the head that name the document; references: of the order it is of.
        day, time: elements of the head; time 0: it has none.
        quantity, unit: elements of the line; pairs: where its qualifiers of ids are.
        kinds: reporting codes (element 514) that say: this is all of it, and it happened.
    """

    head: str
    line: str
    names: tuple[int, ...]
    references: tuple[int, ...]
    day: int
    time: int
    quantity: int
    unit: int
    pairs: tuple[int, ...]
    kinds: Mapping[str, str]


# 944, Warehouse Stock Transfer Receipt Advice.
RECEIPT = Layout(
    "W17", "W07", names=(3, 5), references=(4, 3), day=2, time=7,
    quantity=1, unit=2, pairs=(4, 6, 10),
    kinds={"F": "receipt", "J": "receipt", "P": "receipt", "C": "return_received"},
)  # fmt: skip
# 945, Warehouse Shipping Advice.
SHIPMENT = Layout(
    "W06", "W12", names=(2, 4, 5), references=(2,), day=3, time=0,
    quantity=3, unit=5, pairs=(7, 17, 21),
    kinds={"F": "shipment", "J": "shipment", "N": "shipment"},
)  # fmt: skip
LAYOUTS = {"944": RECEIPT, "945": SHIPMENT}


def read_movements(document: TransactionSet, options: X12Options, rows: Rows) -> None:
    """Add every item that moved; one of which nothing came or went is no movement."""
    layout = LAYOUTS[document.kind]
    head = find_head(document, layout.head)
    known = _read_head(document, head, layout, options)
    objection = _find_objection(head, layout, known)
    lines = [segment for segment in document.segments if segment[0] == layout.line]
    for number, line in enumerate(lines, 1):
        ids = find_ids(line, layout.pairs)
        item_id, quantity = find_item(ids, options), find_element(line, layout.quantity) or None
        if objection:
            rows.reject(objection, line)
        elif item_id is None:
            rows.reject(describe_lacking(ids, options), line)
        elif quantity is None or quantity.strip("0."):
            own: Row = {"item_id": item_id, "quantity": quantity}
            own["movement_id"] = f"{known['movement_id']}/{number}"
            own["unit"] = find_element(line, layout.unit) or None
            rows.add({**known, **own})


def _read_head(document: TransactionSet, head: Segment, layout: Layout, options: X12Options) -> Row:
    day, time = find_element(head, layout.day), find_element(head, layout.time or len(head))
    made_at = find_made_at(document)
    location_id = find_location(document, options, before=layout.line)
    names = [find_element(head, number) for number in layout.names]
    references = (find_element(head, number) for number in layout.references)
    return {
        "movement_id": "/".join((document.kind, location_id or "", *names, day)),
        "kind": {**layout.kinds, **options.kinds}.get(find_element(head, 1)),
        "location_id": location_id,
        "moved_at": render_time(day, time) if day else made_at,
        "recorded_at": made_at,
        "reference_id": next(filter(None, references), None),
    }


def _find_objection(head: Segment, layout: Layout, known: Row) -> str:
    if known["kind"] is None:
        return (
            f"the reporting code {find_element(head, 1)!r} of {layout.head} is no movement we "
            "know; if it is one, say so: x12: {kinds: ...}"
        )
    if not any(find_element(head, number) for number in layout.names):
        return f"{layout.head} has no number that names the document"
    return ""

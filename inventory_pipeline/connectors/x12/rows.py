"""Rows of X12 documents: what all three of them are read with. Pure."""

from collections import defaultdict
from collections.abc import Iterable

from inventory_pipeline.connectors.x12.envelope import Segment, TransactionSet, find_element
from inventory_pipeline.connectors.x12.options import X12Options
from inventory_pipeline.errors import SourceContractError

Row = dict[str, str | None]


class Rows:
    """Rows in our columns, and lines that are none; both are numbered together."""

    def __init__(self, names: Iterable[str]) -> None:
        self.columns: dict[str, list[str | None]] = {name: [] for name in names}
        self.numbers: list[int] = []
        self.rejected: list[tuple[int, str, str]] = []
        self._count = 0

    def add(self, row: Row) -> None:
        self._count += 1
        self.numbers.append(self._count)
        for name, column in self.columns.items():
            column.append(row.get(name))

    def reject(self, reason: str, segment: Segment) -> None:
        self._count += 1
        self.rejected.append((self._count, reason, "*".join(segment)))


def find_head(document: TransactionSet, name: str) -> Segment:
    """Return the first segment of a document.

    Raises:
        SourceContractError: it is another one than this kind of document begins with.
    """
    head = next(document.segments, [""])
    if head[0] != name:
        raise SourceContractError(f"a {document.kind} does not begin with {name}")
    return head


def find_location(document: TransactionSet, options: X12Options, *, before: str) -> str | None:
    """Return the id (N104) of the party that is the place, if the head of a document names it."""
    for segment in document.segments:
        if segment[0] == before:
            break
        if segment[0] == "N1" and find_element(segment, 1) == options.location:
            return find_element(segment, 4) or None
    return None


def find_ids(line: Segment, pairs: Iterable[int]) -> dict[str, str]:
    """Return qualifier → id of an item; of a qualifier that stands twice the first counts.

    Args:
        pairs: where the qualifiers are; each id follows its own.
    """
    found: defaultdict[str, str] = defaultdict(str)
    for at in pairs:
        qualifier, text = find_element(line, at), find_element(line, at + 1)
        if qualifier and text:
            found[qualifier] = found[qualifier] or text
    return dict(found)


def find_item(ids: dict[str, str], options: X12Options) -> str | None:
    """Return the id that is taken as that of the item."""
    return next((ids[qualifier] for qualifier in options.items if qualifier in ids), None)


def describe_lacking(ids: dict[str, str], options: X12Options) -> str:
    """Say that no id of an item is of a kind that is taken."""
    return (
        f"no id of the kind {' or '.join(options.items)}; there is {' '.join(ids) or 'none'}. "
        "Say which one is the item's: x12: {items: [...]}"
    )


def find_made_at(document: TransactionSet) -> str:
    """Return when the document was made: GS04 and GS05."""
    return render_time(find_element(document.group, 4), find_element(document.group, 5))


def render_time(day: str, time: str = "") -> str:
    """Write CCYYMMDD and HHMM[SS[D[D]]] as ISO text; what is none stays as it is, to be refused.

    A day without a time begins at midnight.
    """
    if not (len(day) == 8 and (day + time).isdigit()):
        return f"{day} {time}".strip()
    clock = time.ljust(6, "0")
    text = f"{day[:4]}-{day[4:6]}-{day[6:]}T{clock[:2]}:{clock[2:4]}:{clock[4:6]}"
    return f"{text}.{clock[6:]}" if len(clock) > 6 else text

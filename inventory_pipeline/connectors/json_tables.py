"""JSON tables: rows that are not yet rows of a feed, as text in columns of any name. Pure.

For a system whose answers have to be put together before they say anything: levels that name
their item by a number, and another answer that says what that number is called.
"""

from collections.abc import Collection, Iterable, Mapping

from inventory_pipeline.connectors.json_columns import Cell, RowPlan
from inventory_pipeline.connectors.json_page import gather, open_page, read_pages
from inventory_pipeline.connectors.json_paths import RowsPath
from inventory_pipeline.connectors.json_rows import join_surely
from inventory_pipeline.connectors.json_sheet import Sheet


def plan_table(
    columns: Mapping[str, str], *, rows: str = "[]", optional: Collection[str] = ()
) -> RowPlan:
    """Return where every column of a table stands.

    Args:
        columns: our name → path in the row.
        optional: our names of what may be absent from every row.
    """
    walk = RowsPath.parse(rows)
    return RowPlan(
        feed="",
        rows=walk,
        cells={name: walk.place(path) for name, path in columns.items()},
        specs={name: Cell(path=path, optional=name in optional) for name, path in columns.items()},
        constants={},
        facts=(),
    )


def read_table(bodies: Iterable[bytes], plan: RowPlan) -> Sheet:
    """Read the rows of some pages under each other; ``row`` counts on from page to page.

    Raises:
        SourceContractError: a page is not what it should be, or a field stands in no row.
    """
    sheets = [
        reading.sheet
        for some in gather(bodies)
        for reading in read_pages([open_page(body, plan) for body in some], plan)
    ]
    return join_surely(sheets, plan)

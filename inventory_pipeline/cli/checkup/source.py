"""One system asked for real: every feed of one hour is read and thrown away."""

import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from inventory_pipeline.cli.checkup.reading import Reading, State
from inventory_pipeline.errors import InventoryPipelineError
from inventory_pipeline.model.hours import compute_key
from inventory_pipeline.model.ports import Connector, FetchContext, Page
from inventory_pipeline.wiring.house import House

_MOST = 60


def read_source(house: House, system: str, hour_at: datetime) -> Iterator[Reading]:
    """Say for each feed whether it answers, is whole, and can be understood."""
    connector = house.build_connector(system)
    for feed in connector.find_feeds():
        with tempfile.TemporaryDirectory(prefix="inventory-doctor-") as folder:
            try:
                context = FetchContext(hour_at=hour_at, now=house.clock.now, staging=folder)
                yield from _read_feed(connector, f"{system} {feed}", feed, context)
            except InventoryPipelineError as error:
                yield Reading(f"{system} {feed}", "bad", str(error), "see there")


def _read_feed(
    connector: Connector, subject: str, feed: str, context: FetchContext
) -> Iterator[Reading]:
    pages: list[Page] = []
    folder = Path(str(context.staging))
    fetched = connector.fetch(feed, context, lambda page: pages.append(_keep(page, folder)))
    raw = connector.parse(feed, pages)
    text = (
        f"{compute_key(context.hour_at)}: {raw.rows.height:,} rows, "
        f"{raw.rejected.height:,} unreadable"
    )
    if fetched.is_complete:
        yield Reading(subject, "ok", f"{text}, {fetched.end_marker}")
    else:
        yield Reading(subject, "warn", f"{text}, no end seen", "see the connector's options")
    if raw.rows.height:
        yield Reading(f"{subject} first", "ok", _describe_row(raw.rows.row(0, named=True)))
    if raw.rejected.height:
        reason = str(raw.rejected.row(0, named=True)["reason"])
        yield Reading(f"{subject} unreadable", "warn", f"for one: {reason}", "mend it over there")
    for note in fetched.notes:
        state: State = "warn" if fetched.is_suspect else "note"
        yield Reading(f"{subject} note", state, note, "see there" if fetched.is_suspect else "")


def _describe_row(row: dict[str, Any]) -> str:
    """Say one row as it was read, the names as the source has them."""
    return ", ".join(
        f"{name} {_shorten(value)}"
        for name, value in row.items()
        if name != "row" and value is not None
    )


def _shorten(value: object) -> str:
    text = str(value)
    return text if len(text) <= _MOST else f"{text[:_MOST]}..."


def _keep(page: Page, folder: Path) -> Page:
    """Take a page that came by path out of the connector's hands, as the landing does."""
    if page.path is None:
        return page
    kept = folder / f"kept-{len(list(folder.iterdir()))}.{page.kind}"
    Path(page.path).rename(kept)
    return Page(page.body, page.kind, str(kept), page.hour_at, page.fetched_at)

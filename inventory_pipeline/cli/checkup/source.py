"""One system asked for real: every feed of one hour is read and thrown away."""

import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from inventory_pipeline.cli.checkup.reading import Reading
from inventory_pipeline.errors import InventoryPipelineError
from inventory_pipeline.model.hours import compute_key
from inventory_pipeline.model.ports import Connector, FetchContext, Page
from inventory_pipeline.wiring.house import House


def read_source(house: House, system: str, hour_at: datetime) -> Iterator[Reading]:
    """Say for each feed whether it answers, is whole, and can be understood."""
    connector = house.build_connector(system)
    for feed in connector.find_feeds():
        with tempfile.TemporaryDirectory(prefix="inventory-doctor-") as folder:
            try:
                context = FetchContext(hour_at=hour_at, now=house.clock.now, staging=folder)
                yield _read_feed(connector, f"{system} {feed}", feed, context)
            except InventoryPipelineError as error:
                yield Reading(f"{system} {feed}", "bad", str(error), "see there")


def _read_feed(connector: Connector, subject: str, feed: str, context: FetchContext) -> Reading:
    pages: list[Page] = []
    folder = Path(str(context.staging))
    fetched = connector.fetch(feed, context, lambda page: pages.append(_keep(page, folder)))
    raw = connector.parse(feed, pages)
    text = (
        f"{compute_key(context.hour_at)}: {raw.rows.height} rows, {raw.rejected.height} unreadable"
    )
    if not fetched.is_complete:
        return Reading(subject, "warn", f"{text}, no end seen", "see the connector's options")
    return Reading(subject, "ok", f"{text}, {fetched.end_marker}")


def _keep(page: Page, folder: Path) -> Page:
    """Take a page that came by path out of the connector's hands, as the landing does."""
    if page.path is None:
        return page
    kept = folder / f"kept-{len(list(folder.iterdir()))}.{page.kind}"
    Path(page.path).rename(kept)
    return Page(page.body, page.kind, str(kept), page.hour_at, page.fetched_at)

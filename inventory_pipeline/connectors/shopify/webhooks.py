"""Webhooks: the folder of deliveries, read as the shop's own log of its levels.

Every hour reads the files that came since a while before it, whatever time they tell of: a
late delivery is told late, and what was told before stands. A signature is checked when its
file is fetched and the finding is landed, so that a secret that changes condemns no past.
"""

import json
import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from inventory_pipeline.config.values import Secret
from inventory_pipeline.connectors.json_strict import decode_text, load_strictly
from inventory_pipeline.connectors.json_take import take, take_list
from inventory_pipeline.connectors.safe_open import opening_plain
from inventory_pipeline.connectors.shopify.changes import Changes, read_change
from inventory_pipeline.connectors.shopify.deliveries import TOPIC, Delivery, read_delivery
from inventory_pipeline.connectors.shopify.desk import ShopifyDesk
from inventory_pipeline.connectors.shopify.documents import ITEMS_BY_ID, PLACES
from inventory_pipeline.connectors.shopify.feeds import MOST
from inventory_pipeline.connectors.shopify.options import ShopifyOptions, Webhooks
from inventory_pipeline.connectors.shopify.shapes import find_tail
from inventory_pipeline.errors import (
    SourceContractError,
    SourceRefusedError,
    SourceUnavailableError,
)
from inventory_pipeline.model.ports import FetchContext, Fetched, Page, PageSink, RawFrame

logger = logging.getLogger(__name__)

# A delivery is some hundred bytes; a request to a cloud function, with all it knows, is more.
_MOST_BYTES = 1 << 20
_PAGE_BYTES = 8 << 20
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class WebhookFolder:
    """Reads the deliveries of one shop."""

    def __init__(
        self, desk: ShopifyDesk, options: ShopifyOptions, webhooks: Webhooks, *, root: str
    ) -> None:
        self._desk, self._options, self._webhooks, self._root = desk, options, webhooks, root

    def fetch(self, context: FetchContext, sink: PageSink) -> Fetched:
        """Read the files of one hour, and ask the shop what it calls what they name.

        Raises:
            SourceError: there is no such folder, or the shop does not answer.
            ConfigError: the secret is not there.
        """
        since = context.read_until - self._webhooks.overlap
        deliveries = list(self._read_since(since))
        names = self._ask_names(deliveries, context)
        at: Any = {"hour_at": context.hour_at, "fetched_at": context.now()}
        sink(Page(json.dumps(names, sort_keys=True).encode(), "json", **at))
        for body in _render_pages(deliveries):
            sink(Page(body, "ndjson", **at))
        logger.info("fetched folder=%s deliveries=%d", self._webhooks.folder, len(deliveries))
        return Fetched(
            is_complete=True,
            end_marker=f"{len(deliveries):,} files in {self._webhooks.folder} since "
            f"{since:%Y-%m-%dT%H:%MZ}",
            notes=tuple(_tell(self._options, names, deliveries).describe()),
        )

    def _read_since(self, since: datetime) -> Iterator[Delivery]:
        secret = self._webhooks.secret or self._options.client_secret
        revealed = secret.reveal(self._root) if isinstance(secret, Secret) else ""
        for name in self._find_files(since):
            with suppress(SourceUnavailableError):  # taken away meanwhile
                yield self._read(name, revealed)

    def _find_files(self, since: datetime) -> list[str]:
        """Return the names of files that came since then, the oldest first."""
        folder = Path(self._root, self._webhooks.folder)
        try:
            handle = os.open(folder, _FOLDER)
        except OSError as error:
            raise SourceUnavailableError(
                f"the folder {folder} cannot be read: {error.strerror}"
            ) from None
        try:
            with os.scandir(handle) as entries:
                found = [
                    (entry.stat(follow_symlinks=False).st_mtime, entry.name)
                    for entry in entries
                    if entry.name.endswith(".json") and not entry.name.startswith(".")
                ]
        finally:
            os.close(handle)
        return [name for at, name in sorted(found) if datetime.fromtimestamp(at, UTC) >= since]

    def _read(self, name: str, secret: str) -> Delivery:
        try:
            with opening_plain(str(Path(self._webhooks.folder, name)), self._root) as file:
                content = file.read(_MOST_BYTES + 1)
        except SourceRefusedError:
            return Delivery(name, reason="the file is no plain file that may be read")
        if len(content) > _MOST_BYTES:
            return Delivery(name, reason=f"the file is larger than {_MOST_BYTES >> 20} MiB")
        return read_delivery(name, content, secret=secret, shop=self._options.shop)

    def _ask_names(self, deliveries: Iterable[Delivery], context: FetchContext) -> dict[str, Any]:
        """Return what the shop calls the items and places that are named by their numbers."""
        by_sku, by_name = (
            self._options.identify_by == "sku",
            self._options.locate_by == "name",
        )
        numbers = sorted(_find_items(deliveries)) if by_sku else []
        if not (numbers or by_name):
            return {"items": [] if by_sku else None, "places": None}
        with self._desk.open_door(context.now) as (door, until):
            items: list[Any] = []
            for start in range(0, len(numbers), MOST):
                ids = [f"gid://shopify/InventoryItem/{n}" for n in numbers[start : start + MOST]]
                data = self._desk.ask(door, until, ITEMS_BY_ID, {"ids": ids})
                items += filter(None, take_list(data, "nodes"))
            places = self._desk.ask_all(door, until, PLACES, {"first": MOST}) if by_name else None
            return {
                "items": items if by_sku else None,
                "places": None if places is None else list(places),
            }


def parse_deliveries(pages: Iterable[Page], options: ShopifyOptions) -> RawFrame:
    """Turn landed deliveries into rows of ``levels``. Pure: same bytes, same frame.

    Raises:
        SourceContractError: the pages are not what was landed.
    """
    names: Any = {"items": None, "places": None}
    deliveries: list[Delivery] = []
    for page in pages:
        text = decode_text(page.body)
        if page.kind == "json":
            names = load_strictly(text)
            continue
        try:
            lines = text.removesuffix("\n").split("\n")
            deliveries += [Delivery(**load_strictly(line)) for line in lines]
        except TypeError:
            raise SourceContractError("a line of the landed page is no delivery") from None
    return _tell(options, names, deliveries).build()


def _tell(options: ShopifyOptions, names: Any, deliveries: Iterable[Delivery]) -> Changes:
    items, places = take(names, "items"), take(names, "places")
    changes = Changes(
        options,
        None if items is None else {find_tail(take(item, "id")): item for item in items},
        None if places is None else {find_tail(p["id"]): str(take(p, "name")) for p in places},
    )
    for delivery in deliveries:
        changes.add(delivery)
    return changes


def _find_items(deliveries: Iterable[Delivery]) -> set[str]:
    found = set()
    for delivery in deliveries:
        if delivery.topic == TOPIC and not delivery.reason:
            with suppress(SourceContractError):
                found.add(read_change(delivery).item)
    return found


def _render_pages(deliveries: Iterable[Delivery]) -> Iterator[bytes]:
    """Yield the deliveries as JSON lines, some MiB at a time."""
    lines: list[bytes] = []
    size = 0
    for delivery in deliveries:
        lines.append(json.dumps(asdict(delivery)).encode() + b"\n")
        size += len(lines[-1])
        if size > _PAGE_BYTES:
            yield b"".join(lines)
            lines, size = [], 0
    if lines:
        yield b"".join(lines)

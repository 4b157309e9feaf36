"""A shop, as the suite sees it: the stand-in of ``support.shopify`` over any levels."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from inventory_pipeline.model.ports import Connector
from inventory_pipeline_tests.support.http_sources import Clockwork
from inventory_pipeline_tests.support.shopify.shop import Shop
from inventory_pipeline_tests.support.shopify.sources import build_shopify
from inventory_pipeline_tests.support.stand_in import Asked, Reply
from inventory_pipeline_tests.support.vendors.vendor import Level

# Stands in the place of what no whole number is, until the answer is written.
_MARK = 77_000_000


class ShopifyVendor:
    """One shop with one place."""

    name = "shopify"
    quantity = fact = "available"
    has_time = False
    page = 2

    def answer(self, levels: Sequence[Level], asked: Asked) -> Reply:
        shop, odd = Shop(), {}
        for number, level in enumerate(levels):
            given = level.quantities["available"]
            if not isinstance(given, int):
                odd[_MARK + number] = given
                given = _MARK + number
            shop.shelf.add(level.item_id, given)
        reply = shop.answer(asked)
        body = reply.body.decode()
        for mark, given in odd.items():
            body = body.replace(f'"quantity": {mark}', f'"quantity": {json.dumps(given)}')
        return replace(reply, body=body.encode())

    def is_page(self, asked: Asked) -> bool:
        return b"inventoryItems" in asked.body

    def build(self, url: str, folder: Path, clock: Clockwork, **options: Any) -> Connector:
        given = {"page_size": self.page, "locate_by": "name", **options}
        return build_shopify(url, folder, clock=clock, **given)

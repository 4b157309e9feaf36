"""Tryton's REST interface, as far as reading goes: ranges, and one place a sweep.

What it does was seen on a live Tryton 8.0 (``integration/peers``).
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from inventory_pipeline.connectors.tryton import TrytonConnector, TrytonOptions
from inventory_pipeline.model.ports import Connector
from inventory_pipeline_tests.support.http_sources import Clockwork
from inventory_pipeline_tests.support.stand_in import Asked, Reply, answer_json
from inventory_pipeline_tests.support.vendors.vendor import Level

KEY = "tryton-key-not-for-logs"


class TrytonVendor:
    """One database with one place."""

    name = "tryton"
    quantity, fact = "quantity", "on_hand"
    has_time = False
    page = 2

    def answer(self, levels: Sequence[Level], asked: Asked) -> Reply:
        if asked.headers.get("authorization") != f"Bearer {KEY}":
            return answer_json({"error": "unauthorized"}, status=401)
        first, last = (int(n) for n in re.findall(r"\d+", asked.headers["range"]))
        rows = [
            {"id": n, "code": level.item_id, "quantity": level.quantities["quantity"]}
            for n, level in enumerate(levels, start=1)
        ]
        page = rows[first : last + 1]
        if not page and first:
            return Reply(status=416, headers={"Content-Range": f"records */{len(rows)}"})
        said = f"records {first}-{first + len(page) - 1}/{len(rows)}"
        return answer_json(page, headers={"Content-Range": said if page else "records */0"})

    def is_page(self, asked: Asked) -> bool:
        return asked.path.endswith("product.product")

    def build(self, url: str, folder: Path, clock: Clockwork, **options: Any) -> Connector:
        path = folder / "key"
        path.write_text(KEY)
        checked = TrytonOptions.model_validate(
            {
                "url": url,
                "database": "erp",
                "key": {"file": str(path)},
                "locations": {"L1": 3},
                "page_size": self.page,
                **options,
            }
        )
        return TrytonConnector(
            system="erp", options=checked, root=str(folder), world=clock.build_world()
        )

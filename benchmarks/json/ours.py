"""The product: landed JSON pages to rows as text, by configuration."""

from pathlib import Path

from inventory_pipeline.connectors.rest import RestConnector
from inventory_pipeline.model.ports import Page

OPTIONS = {
    "base_url": "http://127.0.0.1:9",
    "feeds": {
        "counts": {
            "path": "/levels",
            "rows": "items",
            "columns": {
                "item_id": "sku",
                "location_id": "place",
                "fact": {"constant": "on_hand"},
                "quantity": "qty",
                "as_of": "at",
            },
        }
    },
}


def reconcile(folder: Path) -> int:
    """Return how many rows were read."""
    options = RestConnector.options_model.model_validate(OPTIONS)
    connector = RestConnector(system="shop", options=options, root=str(folder))
    pages = (Page(path.read_bytes(), "json") for path in sorted(folder.glob("page-*.json")))
    return connector.parse("counts", pages).rows.height

"""The product as the hourly run uses it, in an hour that follows another: wire to warehouse."""

import shutil
import sys
from datetime import timedelta
from pathlib import Path

from inventory_pipeline.config import checks
from inventory_pipeline.config.load import load_settings
from inventory_pipeline.connectors import rest
from inventory_pipeline.ingest import step
from inventory_pipeline.model.hours import floor_hour
from inventory_pipeline.wiring.house import House

# Imported late by the product; here, where no clock runs, as the other candidates' imports are.
IMPORTED = (checks, rest)
CONFIG = """\
business: {{name: Levels}}
storage: {{directory: local}}
systems:
  shop:
    role: storefront
    connector: rest
    options:
      base_url: {url}
      feeds:
        counts:
          path: levels
          query: {{page: "{{page}}"}}
          rows: items
          paging: {{kind: page}}
          columns:
            item_id: sku
            location_id: place
            fact: {{constant: on_hand}}
            quantity: qty
            as_of: at
facts:
  on_hand: {{owner: shop, reason: nobody else is asked}}
mail: {{to: [ops@example.com], from: pipeline@example.com}}
"""


def ingest(home: Path, url: str, *, hours_ago: int) -> int:
    """Take in one hour as the hourly run does; return how many levels the warehouse has of it."""
    config = home / "inventory.yaml"
    config.write_text(CONFIG.format(url=url), encoding="utf-8")
    house = House(load_settings(config))
    hour_at = floor_hour(house.clock.now()) - timedelta(hours=hours_ago)
    with house.warehouse() as warehouse:
        [feed] = step.run(
            warehouse, house.landing, house.build_source("shop"), house.catalog,
            hour_at=hour_at, clock=house.clock, may_fetch=True,
        )  # fmt: skip
    return feed.keys


def prepare(folder: Path) -> None:
    """Start from an installation that took in the hour before; ``main`` made it."""
    shutil.rmtree(folder / "home", ignore_errors=True)
    shutil.copytree(folder / "before", folder / "home")


def reconcile(folder: Path) -> int:
    """Return how many levels stand in the warehouse."""
    url = (folder / "address").read_text(encoding="utf-8")
    try:
        return ingest(folder / "home", url, hours_ago=0)
    finally:
        shutil.rmtree(folder / "home")


def main() -> None:
    """Make the hour before."""
    folder = Path(sys.argv[1])
    (folder / "before").mkdir()
    ingest(folder / "before", (folder / "address").read_text(encoding="utf-8"), hours_ago=1)


if __name__ == "__main__":
    main()

"""A shop of two systems that agree: each fault breaks one thing in it."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from inventory_pipeline_tests.support.command import Outcome, call
from inventory_pipeline_tests.support.shop import COUNTS, Shop, files_system

TEN, ELEVEN, NOON = "2026-04-06T10:00Z", "2026-04-06T11:00Z", "2026-04-06T12:00Z"


class Pair(Shop):
    """A shelf that owns on_hand and a storefront that mirrors it."""

    def configure_pair(self, *, more: str = "", shelf: str = "", storefront: str = "") -> None:
        owner = files_system("shelf", "wms", "movements").replace("}}\n", f"}}{shelf}}}\n")
        mirror = files_system("storefront", "storefront").replace("}}\n", f"}}{storefront}}}\n")
        self.configure(
            f"business: {{name: Test}}\nsystems:\n{owner}{mirror}"
            "facts:\n  on_hand: {owner: shelf}\n"
            "mirrors:\n  - {system: storefront, fact: on_hand, expects: on_hand}\n"
            f"structural: {{rule: rate_only}}\n{more}"
        )

    def agree(self, hour: str, units: dict[str, int], *, at: str = "") -> None:
        """Let both systems say the same."""
        for system in ("shelf", "storefront"):
            self.say(system, hour, units, at=at)
        self.drop(
            "shelf", "movements", hour, "movement_id kind item_id location_id quantity moved_at"
        )

    def say(
        self, system: str, hour: str, units: dict[str, int] | dict[str, str], *, at: str = ""
    ) -> None:
        """Let one system say what it holds; quantities may be any word without a blank."""
        time = at or f"{hour[:13]}:00:00Z"
        rows = "\n".join(f"{sku} L1 on_hand {value} {time}" for sku, value in units.items())
        self.drop(system, "counts", hour, f"{COUNTS}\n{rows}")

    def status(self, system: str, hour: str) -> str:
        row = self.one("snapshots", "--hour", hour, system=system, feed="counts")
        return str(row["status"])

    def gaps(self, hour: str) -> list[dict[str, object]]:
        """Return the findings about stock that were open in an hour."""
        rows = self.export("findings", "--hour", hour)
        return [r for r in rows if r["state"] == "open" and r["kind"] in ("gap", "ghost", "absent")]


@pytest.fixture
def pair(tmp_path) -> Pair:
    """Return the shop, configured, with nothing dropped yet."""
    shop = Pair(tmp_path)
    shop.configure_pair()
    return shop


@dataclass(frozen=True)
class Catalogue:
    """A shop as ``init`` writes it, with identities of its own in ids.csv."""

    folder: Path

    def check(self, identities: str) -> Outcome:
        """Write the rows of identities and let the command line look at them."""
        header = "sku,system,item_id,unit,eaches_per_unit,valid_from,valid_to\n"
        (self.folder / "ids.csv").write_text(header + identities, encoding="utf-8")
        return call("--config", self.folder / "inventory.yaml", "check")


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    assert call("init", tmp_path).code == 0
    config = tmp_path / "inventory.yaml"
    text = config.read_text(encoding="utf-8")
    with_map = text.replace("{items: catalog.csv}", "{items: catalog.csv, identities: ids.csv}")
    config.write_text(with_map, encoding="utf-8")
    return Catalogue(tmp_path)


def many(count: int, units: int = 20) -> dict[str, int]:
    """Return that many items with so many units each."""
    return {f"S{n:04d}": units for n in range(count)}

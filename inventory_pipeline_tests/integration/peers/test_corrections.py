"""Drift put into a live Tryton and a live Vendure: found, decided, delivered once, read back."""

import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from inventory_pipeline.model.delivery import Line
from inventory_pipeline.model.hours import compute_key, compute_slug, floor_hour
from inventory_pipeline.wiring import outbox
from inventory_pipeline.wiring.house import House, build_house
from inventory_pipeline_tests.integration.peers.test_tryton_writer import find_id
from inventory_pipeline_tests.integration.peers.test_vendure import READ, SET
from inventory_pipeline_tests.support.docs import read_examples
from inventory_pipeline_tests.support.shop import Shop

pytestmark = [pytest.mark.peer, pytest.mark.slow]

# What lies on the shelf: the owner's word.
# Of two items one that drifts is half of all: the assistant is suspended, people are not.
WAITING = ("flagged", "suspended")
SHELF = {("A-1", "MAIN"): 400, ("A-2", "MAIN"): 90, ("A-1", "CELLAR"): 7, ("A-2", "CELLAR"): 0}
TRYTON_PLACES = {"MAIN": "AW-1", "CELLAR": "AW-2"}
VENDURE_PLACES = {"MAIN": "main", "CELLAR": "cellar"}


@dataclass
class Later:
    """A clock that can be put forward, so that nobody waits for a minute."""

    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class Stage:
    """One shelf in files, two live mirrors, and the installation between them."""

    shop: Shop
    house: House
    tryton: object
    vendure: object
    clock: Later

    def run(self) -> None:
        """Check the hour that is now: live systems can be asked for no other."""
        self.shop.run(compute_key(floor_hour(datetime.now(UTC))))

    def read_tryton(self, sku: str, place: str = "MAIN") -> int:
        writer = self.house.build_writer("erp")
        line = build_line(sku, TRYTON_PLACES[place], "on_hand")
        return int(writer.read([line])["probe"])

    def set_tryton(self, sku: str, units: int) -> None:
        """Count in Tryton as a person there would: without a word to us."""
        writer = self.house.build_writer("erp")
        key = f"by-hand-{sku}-{datetime.now(UTC).timestamp()}"
        line = build_line(sku, "AW-1", "on_hand", units, receipt_id=key)
        answer = writer.send([line], key, writer.encode([line], key))
        assert answer.lines[key].outcome == "confirmed", answer

    def read_vendure(self, sku: str) -> int:
        found = self.vendure.ask(READ, id=self.vendure.variants[sku])["productVariants"]["items"][0]
        main = self.vendure.places["main"]
        return next(
            level["stockOnHand"] for level in found["stockLevels"]
            if level["stockLocationId"] == main
        )  # fmt: skip

    def set_vendure(self, sku: str, units: int) -> None:
        level = {"stockLocationId": self.vendure.places["main"], "stockOnHand": units}
        wish = [{"id": self.vendure.variants[sku], "stockLevels": [level]}]
        self.vendure.ask(SET, input=wish)

    def approve_all(self) -> list[str]:
        found = [row for row in self.shop.export("proposals") if row["decision"] in WAITING]
        for row in found:
            self.shop.do("approve", row["proposal_id"], "--by", "anna")
        return [row["system"] for row in found]

    def deliver(self, minutes: int = 0) -> outbox.Delivered:
        self.clock.ahead += timedelta(minutes=minutes)
        return outbox.deliver(self.house)

    def read_states(self) -> dict[str, str]:
        return {row["system"]: row["state"] for row in self.shop.export("receipts")}


def build_line(
    sku: str, place: str, fact: str, units: int = 0, *, receipt_id: str = "probe"
) -> Line:
    return Line(receipt_id, sku, place, fact, "set", units, None, "https://x.example/1", "count")


@pytest.fixture
def stage(small_tryton, vendure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    monkeypatch.setenv("SHOP_PASSWORD", vendure.password)
    shop = Shop(tmp_path)
    (tmp_path / "key").write_text(small_tryton.key)
    write_settings(shop, small_tryton, vendure)
    clock = Later()
    built = Stage(shop, build_house(shop.config, clock=clock), small_tryton, vendure, clock)
    for sku in ("A-1", "A-2"):
        built.set_tryton(sku, SHELF[sku, "MAIN"])
        built.set_vendure(sku, SHELF[sku, "MAIN"])
    return built


def write_settings(shop: Shop, tryton, vendure) -> None:
    hour_at = floor_hour(datetime.now(UTC))
    rows = [f"{sku},{place},on_hand,{units},{hour_at.isoformat()}" for (sku, place), units in
            SHELF.items()]  # fmt: skip
    for at in (hour_at, hour_at + timedelta(hours=1)):
        text = "\n".join(["item_id,location_id,fact,quantity,as_of", *rows])
        shop.write(f"exports/counts-{compute_slug(at)}.csv", f"{text}\n")
    shop.write("locations.csv", "location_id,system,their_location_id\n" + "".join(
        f"{ours},erp,{TRYTON_PLACES[ours]}\n"
        f"{ours},storefront,{vendure.places[VENDURE_PLACES[ours]]}\n" for ours in TRYTON_PLACES
    ))  # fmt: skip
    shop.write("identities.csv", "sku,system,item_id\n" + "".join(
        f"{sku},storefront,{number}\n" for sku, number in vendure.variants.items()
    ))  # fmt: skip
    shop.configure(render_settings(tryton, vendure))


def render_settings(tryton, vendure) -> str:
    url, database = tryton.url.removesuffix("/rest").rsplit("/", 1)
    places = {code: int(find_id(tryton, "stock.location", code)) for code in TRYTON_PLACES.values()}
    listed = ", ".join(f"{code}: {number}" for code, number in places.items())
    return f"""
business: {{name: Live}}
systems:
  shelf:
    role: wms
    connector: files
    options: {{counts: "exports/counts-{{hour}}.csv", settle: 0s}}
  erp:
    role: erp
    connector: tryton
    time_zone: UTC
    numbers: {{decimal: "."}}
    writes: [on_hand]
    options:
      url: {url}
      database: {database}
      key: {{file: key}}
      company: {tryton.company}
      locations: {{{listed}}}
  storefront:
    role: storefront
    connector: graphql
    writes: [on_hand]
{read_vendure_options(vendure)}
catalog: {{locations: locations.csv, identities: identities.csv}}
facts: {{on_hand: {{owner: shelf}}}}
mirrors:
  - {{system: erp, fact: on_hand, expects: on_hand}}
  - {{system: storefront, fact: on_hand, expects: on_hand}}
"""


def read_vendure_options(vendure) -> str:
    """Return the options of the page, with the writing side that stands on it."""
    reading, writing = read_examples("vendure.md")
    options = yaml.safe_load(reading)["systems"]["storefront"]["options"]
    options["base_url"] = vendure.url
    options["write"] = yaml.safe_load(writing)["write"]
    text = yaml.safe_dump({"options": options}, sort_keys=False)
    return "\n".join(f"    {line}" for line in text.splitlines())


def test_drift_is_found_approved_delivered_and_read_back_equal_to_the_owner(stage: Stage) -> None:
    stage.set_tryton("A-1", 397)
    stage.set_vendure("A-2", 94)
    stage.run()
    gaps = {row["mirror"]: row["delta_units"] for row in stage.shop.find("findings", kind="gap")}
    assert gaps == {"erp": -3, "storefront": 4}

    assert sorted(stage.approve_all()) == ["erp", "storefront"]
    stage.deliver()

    assert stage.read_states() == {"erp": "confirmed", "storefront": "confirmed"}
    assert (stage.read_tryton("A-1"), stage.read_vendure("A-2")) == (400, 90)

    again = stage.deliver(minutes=5)
    assert not again.tally
    stage.run()
    assert stage.shop.find("findings", kind="gap", state="open") == []


def test_two_workers_at_once_do_not_double_a_correction(stage: Stage) -> None:
    stage.set_tryton("A-2", 85)
    stage.run()
    stage.approve_all()
    houses = [build_house(stage.shop.config, clock=stage.clock) for _ in range(2)]
    workers = [threading.Thread(target=outbox.deliver, args=(house,)) for house in houses]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert stage.read_states() == {"erp": "confirmed"}
    assert stage.read_tryton("A-2") == 90
    [receipt] = stage.shop.export("receipts")
    assert receipt["attempts"] == 1


def test_an_order_that_lands_before_the_correction_survives_it(stage: Stage) -> None:
    stage.set_tryton("A-1", 397)
    stage.set_vendure("A-2", 94)
    stage.run()
    stage.approve_all()
    stage.set_tryton("A-1", 396)
    stage.set_vendure("A-2", 93)
    stage.deliver()

    assert stage.read_states() == {"erp": "superseded", "storefront": "superseded"}
    assert (stage.read_tryton("A-1"), stage.read_vendure("A-2")) == (396, 93)


def test_a_storefront_that_is_killed_gets_its_correction_once_it_is_back(stage: Stage) -> None:
    stage.set_vendure("A-2", 94)
    stage.run()
    stage.approve_all()
    stage.vendure.kill_server()
    try:
        stage.deliver()
        assert stage.read_states()["storefront"] in ("created", "uncertain")
    finally:
        stage.vendure.start_server()
    assert stage.read_vendure("A-2") == 94

    stage.deliver(minutes=5)
    stage.deliver(minutes=5)
    assert stage.read_states() == {"storefront": "confirmed"}
    assert stage.read_vendure("A-2") == 90

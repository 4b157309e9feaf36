"""Movements booked while a live source was down are read in the first hour that it is back."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from inventory_pipeline.wiring.hourly import run_hour
from inventory_pipeline.wiring.house import House, build_house
from inventory_pipeline_tests.support.report_house import StoppedClock
from inventory_pipeline_tests.support.shop import Shop, at, files_system
from inventory_pipeline_tests.support.stand_in import Asked, Reply, StandIn, answer_json

NINE, TEN, ELEVEN, NOON = (at(f"2026-04-06T{hour:02}:00Z") for hour in (9, 10, 11, 12))
BOOKED = [
    {"id": "M-1", "at": "2026-04-06T09:20:00Z"},
    {"id": "M-2", "at": "2026-04-06T10:10:00Z"},
    {"id": "M-3", "at": "2026-04-06T11:40:00Z"},
    {"id": "M-4", "at": "2026-04-06T12:15:00Z"},
]
SHELF = """  shelf:
    role: wms
    connector: rest
    options:
      base_url: '{url}'
      retries: 0
      feeds:
        counts:
          path: levels
          rows: 'items[]'
          columns: {{item_id: sku, location_id: {{constant: L1}}, fact: {{constant: on_hand}},
            quantity: qty, as_of: {{constant: '{{fetched_at}}'}}}}
        movements:
          path: moves
          query: {{since: '{{since}}'}}
          rows: 'items[]'
          columns: {{movement_id: id, kind: {{constant: shipment}}, item_id: {{constant: MUG}},
            location_id: {{constant: L1}}, quantity: {{constant: '1'}}, moved_at: at}}
"""


@dataclass
class Books:
    """A live source: it says what was booked since, or nothing at all."""

    clock: StoppedClock
    is_down: bool = False

    def answer(self, asked: Asked) -> Reply:
        if self.is_down:
            return Reply(b"", status=503)
        if "levels" in asked.path:
            return answer_json({"items": [{"sku": "MUG", "qty": 10}]})
        now = self.clock.at.strftime("%Y-%m-%dT%H:%M:%SZ")
        seen = [row for row in BOOKED if asked.first("since") <= row["at"] < now]
        return answer_json({"items": seen})


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(NINE)


def run(house: House, clock: StoppedClock, hour_at: datetime, *, minutes: int = 65) -> None:
    clock.at = hour_at + timedelta(minutes=minutes)
    run_hour(house, hour_at)


def open_shop(shop: Shop, url: str, clock: StoppedClock) -> House:
    front = files_system("storefront", "storefront")
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{SHELF.format(url=url)}{front}"
        "facts:\n  on_hand: {owner: shelf}\n"
        "mirrors:\n  - {system: storefront, fact: available, expects: on_hand}\n"
    )
    return build_house(shop.config, clock=clock)


def find_moves(house: House) -> list[str]:
    with house.warehouse() as warehouse:
        rows = warehouse.query("select movement_id from ledger.postings order by 1")
    return list(rows["movement_id"])


def find_questions(server: StandIn) -> list[str]:
    return [asked.first("since") for asked in server.asked if "moves" in asked.path]


def test_hours_without_an_answer_leave_no_hole_in_the_movements(
    shop: Shop, clock: StoppedClock
) -> None:
    books = Books(clock)
    with StandIn(books.answer) as server:
        house = open_shop(shop, server.url, clock)
        run(house, clock, NINE)
        books.is_down = True
        run(house, clock, TEN)
        run(house, clock, ELEVEN)
        books.is_down = False
        run(house, clock, NOON)
        asked = find_questions(server)

    assert find_moves(house) == ["M-1", "M-2", "M-3", "M-4"]
    # At noon it is asked from when it last answered, at 10:05, and not from noon.
    assert (asked[0], asked[-1]) == ("2026-04-06T09:00:00Z", "2026-04-06T10:05:00Z")


def test_an_hour_that_was_asked_for_early_is_read_to_its_end_by_the_next(
    shop: Shop, clock: StoppedClock
) -> None:
    with StandIn(Books(clock).answer) as server:
        house = open_shop(shop, server.url, clock)
        run(house, clock, TEN, minutes=5)
        run(house, clock, ELEVEN)
        asked = find_questions(server)

    assert find_moves(house) == ["M-2", "M-3"]
    assert asked == ["2026-04-06T10:00:00Z", "2026-04-06T10:05:00Z"]

"""F-78: the scheduler was off for hours: they are listed, and never filled with today's counts."""

from collections.abc import Iterator
from datetime import timedelta

import dagster as dg
import pytest

from inventory_pipeline.model.hours import compute_key, find_hours, parse_hour
from inventory_pipeline_tests.integration.defs.test_sensors import tick
from inventory_pipeline_tests.support.roof import NINE, Roof, configure_pair, drop_pair
from inventory_pipeline_tests.support.shop import Shop
from inventory_pipeline_tests.support.stand_in import Asked, StandIn, answer_json

LIVE = """\
business: {{name: Test}}
systems:
  shelf:
    role: wms
    connector: rest
    options:
      base_url: "{url}"
      feeds:
        counts:
          path: /stock
          rows: items
          columns: {{item_id: sku, location_id: {{constant: L1}}, fact: {{constant: on_hand}},
                    quantity: qty, as_of: at}}
  storefront: {{role: storefront, connector: files,
               options: {{counts: "exports/storefront/counts-{{hour}}.csv"}}}}
facts: {{on_hand: {{owner: shelf}}}}
mirrors: [{{system: storefront, fact: on_hand, expects: on_hand}}]
"""


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def catch_up(roof: Roof) -> list[str]:
    """Do what the gap sensor asks for until it asks for nothing; return the hours."""
    done: list[str] = []
    while hours := [hour for _key, hour in tick(roof, "fill_gaps")]:
        assert all(roof.run(hour).success for hour in hours)
        done += hours
    return done


@pytest.mark.parametrize("hours_off", [3, pytest.param(12, marks=pytest.mark.slow)])
def test_F_78_hours_of_a_live_source_are_missed_and_nobody_is_asked_for_them(
    shop: Shop, instance: dg.DagsterInstance, hours_off: int
) -> None:
    def stock(_asked: Asked) -> object:
        at = (roof.clock.now() - timedelta(minutes=20)).strftime("%Y-%m-%dT%H:%M:%SZ")
        return answer_json({"items": [{"sku": "A", "qty": 14, "at": at}]})

    with StandIn(stock) as source:
        shop.configure(LIVE.format(url=source.url))
        drop_pair(shop, NINE, {"A": 14}, {})
        roof = Roof(shop, instance, after=NINE)
        roof.run(NINE)
        asked_before = len(source.asked)
        roof.clock.advance(timedelta(hours=hours_off + 1, minutes=15))

        filled = catch_up(roof)

        asked_for = len(source.asked) - asked_before
    first = parse_hour(NINE) + timedelta(hours=1)
    last = parse_hour(NINE) + timedelta(hours=hours_off + 1)
    assert filled == [compute_key(hour) for hour in find_hours(first, last)]
    assert asked_for == 1, "only the hour that just closed can still be observed"
    statuses = [row["status"] for row in shop.export("cycles")]
    assert statuses == ["clear", *["missed"] * hours_off, "incomplete"]


@pytest.mark.slow
def test_F_78_hours_whose_files_lie_there_are_filled(
    shop: Shop, instance: dg.DagsterInstance
) -> None:
    configure_pair(shop)
    last = parse_hour(NINE) + timedelta(hours=3)
    for hour in find_hours(parse_hour(NINE), last):
        drop_pair(shop, compute_key(hour), {"A": 14}, {})
    roof = Roof(shop, instance, after=NINE)
    roof.run(NINE)
    roof.clock.advance(timedelta(hours=3, minutes=15))

    filled = catch_up(roof)

    assert len(filled) == 3
    assert [row["status"] for row in shop.export("cycles")] == ["clear"] * 4

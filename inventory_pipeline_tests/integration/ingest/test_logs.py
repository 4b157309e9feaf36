"""Feeds of middleware events, syncs and configuration changes, taken in by the hour."""

from datetime import UTC, datetime

import pytest

from inventory_pipeline.model.movements import KINDS, ON_HAND_SIGN, SELLABLE_DISPOSITIONS
from inventory_pipeline.wiring.house import build_house
from inventory_pipeline_tests.support.shop import COUNTS, MOVEMENTS, Shop, files_system

TEN, ELEVEN = "2026-04-06T10:00Z", "2026-04-06T11:00Z"
EVENTS = "event_id path item_id location_id operation quantity emitted_at attempt status"


@pytest.fixture
def house(shop: Shop) -> Shop:
    shelf = files_system("shelf", "wms", "movements")
    hub = files_system("hub", "middleware", "events", "syncs", "changes")
    hub = hub.replace('counts: "exports/hub/counts-{hour}.csv", ', "")
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{shelf}{hub}"
        "catalog: {locations: locations.csv, identities: identities.csv}\n"
        "facts:\n  on_hand: {owner: shelf}\n"
    )
    shop.write("locations.csv", "location_id,system,their_location_id\nL1,hub,77\n")
    shop.write(
        "identities.csv",
        "sku,system,item_id,unit,eaches_per_unit\nA,hub,gid-1,CS,12\n",
    )
    shop.drop("shelf", "counts", TEN, f"{COUNTS}\nA L1 on_hand 5 10:00")
    shop.drop("shelf", "movements", TEN, MOVEMENTS)
    shop.drop("hub", "syncs", TEN, "path started_at finished_at status rows")
    shop.drop("hub", "changes", TEN, "changed_at system kind subject before after actor")
    shop.drop("hub", "events", TEN, EVENTS)
    return shop


def ask(shop: Shop, sql: str) -> list[dict[str, object]]:
    with build_house(shop.config).warehouse() as warehouse:
        return warehouse.query(sql).to_dicts()


def hub_feed(shop: Shop, feed: str) -> tuple[str, int, int]:
    row = shop.one("snapshots", system="hub", feed=feed)
    return row["status"], row["rows"], row["keys"]


def test_a_delivery_is_kept_in_our_items_places_and_eaches(house: Shop) -> None:
    house.drop(
        "hub", "events", TEN,
        f"{EVENTS} processed_at sequence idempotency_key\n"
        "E1 sales gid-1 77 add -2 09:10 1 done 09:12 7 K1",
    )  # fmt: skip

    house.run(TEN)

    [event] = ask(
        house,
        "select e.*, k.sku, k.location_id from ingest.middleware_events as e "
        "inner join ingest.keys as k on e.key_id = k.key_id",
    )
    assert (event["sku"], event["location_id"], event["units"]) == ("A", "L1", -24)
    assert (event["sequence"], event["attempt"], event["idempotency_key"]) == (7, 1, "K1")
    assert event["processed_at"] == datetime(2026, 4, 6, 9, 12, tzinfo=UTC)
    assert event["received_at"] is None


def test_the_same_event_processed_twice_is_two_deliveries(house: Shop) -> None:
    house.drop(
        "hub", "events", TEN,
        f"{EVENTS} processed_at\n"
        "E1 sales A L1 add -1 09:10 1 done 09:11\nE1 sales A L1 add -1 09:10 1 done 09:11\n"
        "E1 sales A L1 add -1 09:10 1 done 09:15\nE1 sales A L1 add -1 09:10 2 done 09:15",
    )  # fmt: skip

    house.run(TEN)

    told = ask(house, "select attempt, minute(processed_at) as m from ingest.middleware_events")
    assert sorted((row["attempt"], row["m"]) for row in told) == [(1, 11), (1, 15), (2, 15)]
    assert house.find("quarantine", feed="events") == []


def test_the_same_delivery_with_other_words_is_refused(house: Shop) -> None:
    house.drop(
        "hub", "events", TEN,
        f"{EVENTS} processed_at\n"
        "E1 sales A L1 set 4 09:10 1 done 09:11\nE1 sales A L1 set 9 09:10 1 done 09:11",
    )  # fmt: skip

    house.run(TEN)

    [held] = house.find("quarantine", feed="events")
    assert held["row"] == 2
    assert "came before with other words" in held["reason"]
    assert [row["units"] for row in ask(house, "from ingest.middleware_events")] == [4]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("- sales A L1 set 4 09:10 1 done", "event_id is empty"),
        ("E1 - A L1 set 4 09:10 1 done", "path is empty"),
        ("E1 sales A L1 raise 4 09:10 1 done", "wanted set or add"),
        ("E1 sales A L1 set 4.5 09:10 1 done", "wanted a whole number"),
        ("E1 sales A L1 set 4 09:10 one done", "attempt is 'one'"),
        ("E1 sales A L1 set 4 yesterday 1 done", "emitted_at is 'yesterday'"),
        ("E1 sales A L1 set 4 2027-01-01T00:00:00Z 1 done", "is impossible here"),
        ("E1 sales A L1 set 4 2026-04-06T09:10:00 1 done", "has no zone"),
    ],
)
def test_an_event_that_cannot_be_read_exactly_is_put_aside(
    house: Shop, row: str, reason: str
) -> None:
    house.drop("hub", "events", TEN, f"{EVENTS}\n{row}")

    house.run(TEN)

    [held] = house.find("quarantine", feed="events")
    assert reason in held["reason"]
    assert "path=" in held["raw"]
    assert ask(house, "from ingest.middleware_events") == []


def test_syncs_keep_their_rows_and_a_run_that_has_not_ended(house: Shop) -> None:
    house.drop(
        "hub", "syncs", TEN,
        "path started_at finished_at status rows\n"
        "nightly 02:00 02:20 done 48000\nnightly 06:00 - running -\n"
        "nightly 07:00 06:00 done 5\nnightly 08:00 08:01 done many",
    )  # fmt: skip

    house.run(TEN)

    told = ask(house, "select * from ingest.syncs order by started_at")
    assert [(row["rows"], row["finished_at"] is None) for row in told] == [
        (48000, False),
        (None, True),
    ]
    reasons = [row["reason"] for row in house.find("quarantine", feed="syncs")]
    assert reasons == ["finished_at is before started_at", "rows is 'many', wanted a whole number"]
    assert hub_feed(house, "syncs") == ("complete", 4, 2)


def test_changes_have_no_id_and_equal_ones_collapse(house: Shop) -> None:
    change = "09:00 erp setting safety_stock 5 8 ops"
    house.drop(
        "hub", "changes", TEN,
        "changed_at system kind subject before after actor\n"
        f"{change}\n{change}\n09:00 erp setting safety_stock 8 9 ops",
    )  # fmt: skip

    house.run(TEN)

    told = ask(house, "select * from ingest.config_changes order by after")
    assert [(row["before"], row["after"]) for row in told] == [("5", "8"), ("8", "9")]


@pytest.mark.slow
@pytest.mark.parametrize("feed", ["events", "syncs", "changes"])
def test_a_feed_whose_file_is_not_there_is_missing_and_one_without_rows_is_not(
    house: Shop, feed: str
) -> None:
    house.run(TEN)
    assert hub_feed(house, feed) == ("complete", 0, 0)

    house.run(ELEVEN)

    row = house.one("snapshots", "--hour", ELEVEN, system="hub", feed=feed)
    assert row["status"] == "missing"


@pytest.mark.slow
def test_an_hour_run_again_or_computed_again_leaves_the_same_rows(house: Shop) -> None:
    house.drop(
        "hub", "events", TEN,
        f"{EVENTS}\nE1 sales A L1 add -1 09:10 1 done\nE2 sales A L1 add -1 09:20 1 done",
    )  # fmt: skip
    house.run(TEN)
    before = ask(house, "select * from ingest.middleware_events order by event_id")
    assert len(before) == 2

    house.run(TEN)
    house.do("backfill", "--from", TEN, "--to", TEN)

    assert ask(house, "select * from ingest.middleware_events order by event_id") == before


def test_hostile_words_are_kept_as_they_are(house: Shop) -> None:
    house.write(
        f"exports/hub/events-{TEN[:13]}.csv",
        EVENTS.replace(" ", ",") + '\n=cmd(),<script>,A,L1,add,-1,2026-04-06T09:10:00Z,1,"x\ny"\n'
        "E2,'; drop table x; --,A,L1,add,-1,2026-04-06T09:10:00Z,1,done\n",
    )

    house.run(TEN)

    told = ask(house, "select event_id, path, status from ingest.middleware_events order by 1")
    assert [row["path"] for row in told] == ["'; drop table x; --"]
    [held] = house.find("quarantine", feed="events")
    assert held["reason"] == "status holds a control character"
    assert "event_id==cmd()" in held["raw"]


@pytest.mark.slow
def test_a_movement_told_in_two_hours_is_posted_once_as_it_was_first_told(house: Shop) -> None:
    house.drop("shelf", "movements", TEN, f"{MOVEMENTS}\nM1 shipment A L1 2 09:30")
    house.run(TEN)
    house.drop("shelf", "counts", ELEVEN, f"{COUNTS}\nA L1 on_hand 5 11:00")
    house.drop(
        "shelf", "movements", ELEVEN,
        f"{MOVEMENTS}\nM1 shipment A L1 3 09:30\nM2 adjustment A L1 -4 10:30",
    )  # fmt: skip

    house.run(ELEVEN)

    told = ask(house, "select * from ledger.postings order by movement_id")
    assert [(p["movement_id"], p["on_hand_units"]) for p in told] == [("M1", -2), ("M2", -4)]
    assert [p["told_at"].hour for p in told] == [10, 11]


def test_a_posting_does_to_on_hand_what_its_kind_says(house: Shop) -> None:
    kinds = "\n".join(f"K-{kind} {kind} A L1 3 09:30 -" for kind in KINDS)
    words = ["good", "stained", *SELLABLE_DISPOSITIONS[1:]]
    boxes = "\n".join(f"R-{word} return_received A L1 3 09:30 {word}" for word in words)
    house.drop("shelf", "movements", TEN, f"{MOVEMENTS} disposition\n{kinds}\n{boxes}")

    house.run(TEN)

    told = {p["movement_id"]: p["on_hand_units"] for p in ask(house, "from ledger.postings")}
    assert {k: told[f"K-{k}"] for k in KINDS} == {k: 3 * ON_HAND_SIGN[k] for k in KINDS}
    assert told["R-stained"] == 0
    assert all(told[f"R-{word}"] == 3 for word in SELLABLE_DISPOSITIONS[1:])

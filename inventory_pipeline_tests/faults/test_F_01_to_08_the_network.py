"""F-01 to F-08: the network and the server behind it. Every wait ends, nothing half is kept."""

import time
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime

import pytest

from inventory_pipeline.errors import SourceContractError, SourceUnavailableError
from inventory_pipeline_tests.support.file_sources import FETCHED_AT, land
from inventory_pipeline_tests.support.http_sources import (
    Clockwork,
    build_counts,
    build_rest,
    find_columns,
    serving,
)
from inventory_pipeline_tests.support.shop import Shop
from inventory_pipeline_tests.support.stand_in import Asked, Reply, Toxic, refused_port

ROWS = build_counts(250)
KINDS = pytest.mark.parametrize("kind", ["rest", "graphql"])
FEEDS = {"counts": {"columns": find_columns(ROWS)}}
HOUR = "2026-04-06T10:00Z"


def read(served, folder) -> list[str]:
    fetched, pages = land(served.connector, "counts", folder)
    assert fetched.is_complete
    return served.connector.parse("counts", pages).rows["quantity"].to_list()


def refuse(served, folder, said: str, kind=SourceUnavailableError) -> None:
    """Fetch; nothing may be handed over, and the reason is said."""
    with pytest.raises(kind, match=said):
        land(served.connector, "counts", folder)


def once(spoiled, page: int = 2):
    """Spoil the n-th question only."""
    seen = []

    def spoil(asked: Asked, reply: Reply) -> Reply:
        seen.append(asked)
        return spoiled(reply) if len(seen) == page else reply

    return spoil


def test_F_01_a_refused_connection_is_tried_again_and_then_reported(tmp_path) -> None:
    clock = Clockwork()
    with refused_port() as port:
        connector = build_rest(
            f"http://127.0.0.1:{port}", feeds=FEEDS, retries=3, world=clock.build_world()
        )
        with pytest.raises(SourceUnavailableError, match="refused"):
            land(connector, "counts", tmp_path)
    assert clock.slept == [0.25, 0.5, 1.0]


def test_F_01_a_name_without_an_address_is_tried_again_and_then_reported(tmp_path) -> None:
    def fail(_host: str, _port: int):
        raise OSError(-2, "Name or service not known")

    world = Clockwork().build_world(resolve=fail)
    connector = build_rest("https://erp.example", feeds=FEEDS, world=world)
    with pytest.raises(SourceUnavailableError, match=r"erp\.example has no address"):
        land(connector, "counts", tmp_path)


def test_F_01_the_other_systems_go_on_and_the_hour_is_incomplete(shop: Shop) -> None:
    with refused_port() as port:
        columns = ", ".join(f"{name}: {name}" for name in ROWS[0])
        shop.configure(
            "business: {name: Test}\nsystems:\n"
            '  shelf: {role: wms, connector: files, options: {counts: "shelf-{hour}.csv"}}\n'
            "  storefront:\n    role: storefront\n    connector: rest\n"
            f'    options: {{base_url: "http://127.0.0.1:{port}", retries: 0, feeds: {{counts: '
            f"{{columns: {{{columns}}}}}}}}}\n"
            "facts:\n  on_hand: {owner: shelf}\n"
            "mirrors:\n  - {system: storefront, fact: on_hand, expects: on_hand}\n"
        )
        shop.write(
            "shelf-2026-04-06T10.csv",
            "item_id,location_id,fact,quantity,as_of\nA,L1,on_hand,5,2026-04-06T10:00:00Z\n",
        )
        assert shop.run(HOUR) == 1
    told = {row["system"]: row["status"] for row in shop.export("snapshots", "--hour", HOUR)}
    assert told == {"shelf": "complete", "storefront": "missing"}
    assert shop.one("cycles", "--hour", HOUR)["status"] == "incomplete"


@KINDS
def test_F_02_a_server_that_never_answers_is_left_at_the_deadline(tmp_path, kind) -> None:
    started = time.monotonic()
    with serving(kind, ROWS, spoil=lambda _, reply: replace(reply, toxic=Toxic(hang=True))) as it:
        refuse(it, tmp_path, "no whole answer within 1 s")
    assert time.monotonic() - started < 3


@KINDS
@pytest.mark.parametrize("where", ["body", "head"])
def test_F_03_a_slow_drip_ends_with_the_deadline_though_every_byte_is_in_time(
    tmp_path, kind, where
) -> None:
    toxic = Toxic(slice_bytes=1, slice_seconds=0.05, drip_head=where == "head")
    started = time.monotonic()
    with serving(kind, ROWS, spoil=lambda _, reply: replace(reply, toxic=toxic)) as it:
        refuse(it, tmp_path, "no whole answer within 1 s")
    assert time.monotonic() - started < 3


@KINDS
@pytest.mark.parametrize(
    "toxic",
    [
        Toxic(latency_seconds=0.1),
        Toxic(bytes_per_second=500_000),
        Toxic(slow_close_seconds=0.1),
        Toxic(slice_bytes=100),
    ],
    ids=["latency", "bandwidth", "slow_close", "slicer"],
)
def test_F_03_a_network_that_is_only_slow_changes_nothing(tmp_path, kind, toxic) -> None:
    with serving(kind, ROWS, spoil=lambda _, reply: replace(reply, toxic=toxic)) as it:
        assert read(it, tmp_path) == [str(n) for n in range(250)]


@KINDS
@pytest.mark.parametrize("after", [0, 1, 5_000])
def test_F_04_a_reset_in_the_middle_is_asked_again_and_no_half_page_is_kept(
    tmp_path, kind, after
) -> None:
    spoil = once(lambda reply: replace(reply, toxic=Toxic(reset_after=after)))
    with serving(kind, ROWS, spoil=spoil) as it:
        assert read(it, tmp_path) == [str(n) for n in range(250)]
        assert len(it.server.asked) == 4


@KINDS
@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_F_05_a_body_cut_short_is_noticed_by_its_length(tmp_path, kind, framing) -> None:
    def cut(_: Asked, reply: Reply) -> Reply:
        return replace(reply, framing=framing, toxic=Toxic(limit_bytes=3_000))

    with serving(kind, ROWS, spoil=cut) as it:
        refuse(it, tmp_path, "cut off")


@KINDS
def test_F_05_a_body_without_a_length_is_noticed_by_its_missing_end(tmp_path, kind) -> None:

    def cut(_: Asked, reply: Reply) -> Reply:
        return replace(reply, framing="close", body=reply.body[:3_000])

    with serving(kind, ROWS, spoil=cut) as it:
        refuse(it, tmp_path, "not whole JSON", SourceContractError)


@KINDS
@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
def test_F_06_one_failure_costs_one_more_question(tmp_path, kind, status) -> None:
    with serving(kind, ROWS, spoil=once(lambda reply: replace(reply, status=status))) as it:
        assert read(it, tmp_path) == [str(n) for n in range(250)]
        assert len(it.server.asked) == 4
        assert it.clock.slept == [0.25]


@KINDS
def test_F_07_a_server_that_keeps_failing_gets_few_questions_and_less_and_less(
    tmp_path, kind
) -> None:
    options = {"timeouts": {"answer": "120s"}, "retries": 5}
    failing = lambda _, reply: replace(reply, status=500)  # noqa: E731
    with serving(kind, ROWS, spoil=failing, **options) as it:
        refuse(it, tmp_path, "HTTP 500")
        assert len(it.server.asked) == 6
        assert it.clock.slept == [0.25, 0.5, 1.0, 2.0, 4.0]


@KINDS
@pytest.mark.parametrize(
    ("asked_for", "waited"),
    [
        ("3", 3.0),
        (format_datetime(FETCHED_AT + timedelta(seconds=3), usegmt=True), 3.0),
        ("soon", 0.25),
        ("-1", 0.25),
        ("", 0.25),
    ],
    ids=["seconds", "date", "garbage", "negative", "absent"],
)
def test_F_08_a_wait_is_as_long_as_asked(tmp_path, kind, asked_for, waited) -> None:
    def throttle(reply: Reply) -> Reply:
        return replace(reply, status=429, headers={"Retry-After": asked_for}, date=FETCHED_AT)

    options = {"timeouts": {"answer": "2s", "feed": "60s"}}
    with serving(kind, ROWS, spoil=once(throttle), **options) as it:
        assert read(it, tmp_path) == [str(n) for n in range(250)]
        assert it.clock.slept == [waited]


@KINDS
def test_F_08_a_wait_longer_than_there_is_time_for_is_not_cut_short(tmp_path, kind) -> None:
    def throttle(_: Asked, reply: Reply) -> Reply:
        return replace(reply, status=429, headers={"Retry-After": "1000000000"})

    with serving(kind, ROWS, spoil=throttle) as it:
        refuse(it, tmp_path, "asks to wait 1,000,000,000 s")
        assert len(it.server.asked) == 1
        assert it.clock.slept == []


@KINDS
def test_F_08_chance_only_makes_a_wait_longer(tmp_path, kind) -> None:
    clock = Clockwork()
    world = replace(clock.build_world(), jitter=lambda: 1.0)
    throttle = once(lambda reply: replace(reply, status=429, headers={"Retry-After": "10"}))
    options = {"timeouts": {"answer": "2s", "feed": "60s"}, "world": world}
    with serving(kind, ROWS, spoil=throttle, **options) as it:
        read(it, tmp_path)
    assert clock.slept == [11.0]

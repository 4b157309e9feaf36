"""NetSuite read through a real server that executes the queries it is asked."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
import yaml
from pydantic import ValidationError

from inventory_pipeline.config.systems import System
from inventory_pipeline.connectors.netsuite.connector import NetsuiteConnector
from inventory_pipeline.connectors.netsuite.options import NetsuiteOptions
from inventory_pipeline.errors import (
    ConfigError,
    SourceContractError,
    SourceRefusedError,
    SourceUnavailableError,
)
from inventory_pipeline.model.ports import Connector, WritableConnector
from inventory_pipeline_tests.support.docs import CONNECTOR_PAGES, read_examples
from inventory_pipeline_tests.support.file_sources import HOUR_AT, land
from inventory_pipeline_tests.support.http_sources import Clockwork
from inventory_pipeline_tests.support.stand_in import Reply, StandIn
from inventory_pipeline_tests.support.vendors.netsuite import (
    CLIENT,
    LIMITED,
    TOKEN,
    FakeNetsuite,
    NetsuiteVendor,
    build_netsuite,
    say_no,
)
from inventory_pipeline_tests.support.vendors.vendor import PATIENT, Level, serving_vendor

MAIN, OUTLET = 2, 11
SUITEQL = "/services/rest/query/v1/suiteql"


@pytest.fixture
def account():
    made = FakeNetsuite()
    made.add("location", id=MAIN, name="Main Warehouse")
    made.add("location", id=OUTLET, name="Outlet : Shop floor")
    for number, name in [(7, "LAMP"), (8, "OVEN")]:
        made.add("item", id=number, itemid=name)
    return made


@contextmanager
def serving(tmp_path, account, *, spoil=None, **options):
    clock = Clockwork()

    def plan(asked):
        reply = account.answer(asked)
        return spoil(asked, reply) if spoil and asked.path == SUITEQL else reply

    with StandIn(plan) as server:
        connector = build_netsuite(server.url, tmp_path, clock, **{"timeouts": PATIENT, **options})
        connector.server, connector.clock = server, clock
        yield connector


def read(tmp_path, account, feed="counts", *, read_until=None, **options):
    """Return what a fetch said, and the rows and rejected lines of its pages."""
    with serving(tmp_path, account, **options) as connector:
        fetched, pages = land(connector, feed, tmp_path / "landing", read_until=read_until)
        frame = connector.parse(feed, pages)
    return fetched, frame.rows, frame.rejected


def show(rows, *columns):
    return rows.select(*columns).rows()


def test_it_keeps_the_ports(tmp_path, account):
    with serving(tmp_path, account) as connector:
        assert isinstance(connector, Connector)
        assert isinstance(connector, WritableConnector)
        assert connector.find_feeds() == ["counts", "movements"]
        assert connector.build_writer() is None


def test_balances_are_summed_over_bins_statuses_and_lots(tmp_path, account):
    account.add_balance(7, MAIN, "12", binnumber=1, quantityavailable="10")
    account.add_balance(7, MAIN, "3.0", binnumber=2, inventorystatus=1)
    account.add_balance(7, OUTLET, "1")
    account.add_balance(8, MAIN, "0")
    fetched, rows, rejected = read(tmp_path, account)
    assert (fetched.is_complete, fetched.is_suspect, fetched.notes) == (True, False, ())
    assert fetched.declared_keys is None
    assert rejected.is_empty()
    assert rows["as_of"].unique().to_list() == ["2026-04-06T10:05:00Z"]
    assert show(rows, "item_id", "location_id", "fact", "quantity") == [
        ("LAMP", "2", "on_hand", "15"),
        ("LAMP", "2", "available", "13"),
        ("LAMP", "11", "on_hand", "1"),
        ("LAMP", "11", "available", "1"),
        ("OVEN", "2", "on_hand", "0"),
        ("OVEN", "2", "available", "0"),
    ]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("9007199254740993", "9007199254740993"),
        ("0.1", "0.1"),
        ("-4", "-4"),
        ("many", "many"),
        (None, None),
    ],
)
def test_numbers_are_texts_and_stay_exact(tmp_path, account, given, shown):
    account.add_balance(7, MAIN, given)
    _, rows, _ = read(tmp_path, account, facts={"on_hand": "quantityonhand"})
    assert rows["quantity"].to_list() == [shown]


def test_one_bin_without_a_number_makes_the_sum_unknown(tmp_path, account):
    account.add_balance(7, MAIN, "5")
    account.add_balance(7, MAIN, None, binnumber=2)
    _, rows, _ = read(tmp_path, account)
    assert rows["quantity"].to_list() == [None, None]


def test_items_and_locations_are_called_as_the_options_say(tmp_path, account):
    account.add_balance(7, MAIN, "5")
    account.add_balance(7, OUTLET, "6")
    account.add_balance(8, None, "7")
    facts = {"on_hand": "quantityonhand"}
    names = {"identify_by": "id", "locate_by": "name", "facts": facts}
    _, rows, rejected = read(tmp_path, account, **names)
    assert show(rows, "item_id", "location_id", "quantity") == [
        ("7", "Main Warehouse", "5"),
        ("7", "Outlet : Shop floor", "6"),
    ]
    assert rejected["reason"].to_list() == ["the location 0 has no name"]
    _, rows, _ = read(tmp_path, account, locations=["11"], facts=facts)
    assert show(rows, "location_id", "quantity") == [("11", "6")]


def test_a_balance_without_a_location_is_not_passed_over(tmp_path, account):
    account.add_balance(7, None, "5")
    account.add_balance(8, None, "6")
    _, rows, _ = read(tmp_path, account, page_size=1, facts={"on_hand": "quantityonhand"})
    assert show(rows, "item_id", "location_id", "quantity") == [
        ("LAMP", "0", "5"),
        ("OVEN", "0", "6"),
    ]


def test_a_name_that_two_items_carry_is_nobodys(tmp_path, account):
    account.add("item", id=9, itemid="LAMP")
    for item in (7, 8, 9):
        account.add_balance(item, MAIN, "1")
    _, rows, rejected = read(tmp_path, account)
    assert rows["item_id"].unique().to_list() == ["OVEN"]
    assert rejected["reason"].to_list() == ["2 items are called so: 7, 9"] * 2


def test_pages_come_after_each_other_by_item_and_location(tmp_path, account):
    for item in range(20, 45):
        account.add("item", id=item, itemid=f"S{item}")
        for location in (MAIN, OUTLET):
            account.add_balance(item, location, str(item))
    fetched, rows, _ = read(tmp_path, account, page_size=7, facts={"on_hand": "quantityonhand"})
    assert fetched.is_complete
    assert fetched.end_marker == "hasMore is false on page 8"
    assert rows.height == 50
    assert rows["row"].to_list() == list(range(1, 51))
    assert "ib.item > 23 OR (ib.item = 23 AND NVL(ib.location, 0) > 2)" in account.queries[1]
    assert all("ORDER BY ib.item, NVL(ib.location, 0)" in query for query in account.queries)


def test_the_ceiling_of_one_query_is_never_reached(tmp_path, account, monkeypatch):
    """One query has at most so many rows, whatever the pages are; ranges of keys have no end."""
    monkeypatch.setattr("inventory_pipeline_tests.support.vendors.netsuite.CEILING", 20)
    monkeypatch.setattr("inventory_pipeline.connectors.netsuite.options.CEILING", 20)
    for item in range(20, 73):
        account.add("item", id=item, itemid=f"S{item}")
        account.add_balance(item, MAIN, "1")
    fetched, rows, _ = read(tmp_path, account, page_size=10, facts={"on_hand": "quantityonhand"})
    assert (fetched.is_complete, fetched.is_suspect, rows.height) == (True, False, 53)
    asked = [query for query in account.queries if "offset" in query]
    assert asked == []


def test_a_page_that_got_lost_is_noticed(tmp_path, account):
    for item in range(20, 30):
        account.add("item", id=item, itemid=f"S{item}")
        account.add_balance(item, MAIN, "1")

    def lose(asked, reply):
        if "ib.item > 22 " not in asked.json["q"]:
            return reply
        account.base.execute("delete from inventorybalance where item between 23 and 25")
        cut = account.answer(asked)
        for item in (23, 24, 25):
            account.add_balance(item, MAIN, "1")
        return cut

    fetched, _, _ = read(tmp_path, account, spoil=lose, page_size=3)
    assert fetched.is_suspect
    assert fetched.notes == ("the pages changed while they were read, twice",)


def test_an_empty_page_that_promises_more_is_no_end(tmp_path, account):
    account.add_balance(7, MAIN, "1")
    empty = b'{"count": 0, "hasMore": true, "items": [], "totalResults": 0}'
    fetched, _, _ = read(tmp_path, account, spoil=lambda _, reply: replace(reply, body=empty))
    assert (fetched.is_complete, fetched.is_suspect) == (False, True)


def test_balances_that_come_twice_count_once_or_not_at_all(tmp_path):
    levels = [
        Level("A", "WH", {"quantityonhand": 5}), Level("A", "WH", {"quantityonhand": 6}),
        Level("B", "WH", {"quantityonhand": 1}), Level("B", "WH", {"quantityonhand": 1}),
    ]  # fmt: skip
    with serving_vendor(NetsuiteVendor(), levels, tmp_path) as served:
        _, pages = land(served.connector, "counts", tmp_path / "landing")
        frame = served.connector.parse("counts", pages)
    assert show(frame.rows, "item_id", "quantity") == [("B", "1")]
    assert frame.rejected["reason"].to_list() == ["item 1 at 1 came twice, and not the same"] * 2


# Movements


def test_kinds_are_decided_by_the_transaction_and_what_it_was_created_from(tmp_path, account):
    for number, kind in [(1, "SalesOrd"), (2, "TrnfrOrd"), (3, "PurchOrd"), (4, "RtnAuth")]:
        account.add_move(number, kind, posting="F")
    for number, kind, quantity, source in [
        (10, "ItemShip", "-4", 1), (11, "ItemShip", "-4", 2), (12, "ItemRcpt", "4", 3),
        (13, "ItemRcpt", "4", 2), (14, "ItemRcpt", "4", 4), (15, "CashSale", "-4", None),
        (16, "InvAdjst", "4", None), (17, "InvAdjst", "-4", None), (18, "WorkOrdIssue", "-4", None),
        (19, "CustCred", "4", 4), (20, "ItemShip", "2", 1),
    ]:  # fmt: skip
        account.add_move(number, kind, (7, MAIN, quantity, source))
    account.add_move(21, "InvTrnfr", (7, MAIN, "-3"), (7, OUTLET, "3"))
    fetched, rows, rejected = read(tmp_path, account, "movements")
    assert (fetched.is_complete, rejected.height) == (True, 0)
    columns = ("movement_id", "kind", "location_id", "quantity", "reference_id")
    assert show(rows, *columns) == [
        ("10-0", "shipment", "2", "4", "SalesOrd-1"),
        ("11-0", "transfer_out", "2", "4", "TrnfrOrd-2"),
        ("12-0", "receipt", "2", "4", "PurchOrd-3"),
        ("13-0", "transfer_in", "2", "4", "TrnfrOrd-2"),
        ("14-0", "return_received", "2", "4", "RtnAuth-4"),
        ("15-0", "shipment", "2", "4", "CashSale-15"),
        ("16-0", "adjustment", "2", "4", "InvAdjst-16"),
        ("17-0", "adjustment", "2", "-4", "InvAdjst-17"),
        ("18-0", "adjustment", "2", "-4", "WorkOrdIssue-18"),
        ("19-0", "return_received", "2", "4", "RtnAuth-4"),
        ("20-0", "adjustment", "2", "2", "SalesOrd-1"),
        ("21-0", "transfer_out", "2", "3", "InvTrnfr-21"),
        ("21-1", "transfer_in", "11", "3", "InvTrnfr-21"),
    ]


def test_bins_and_lots_of_a_line_are_added_up_in_base_units(tmp_path, account):
    account.add_move(10, "ItemShip", (7, MAIN, "-12"))
    for quantity in ("-5", "-7"):
        account.add("inventoryassignment", transaction=10, transactionline=0, quantity=quantity)
    account.add_move(11, "ItemShip", (7, MAIN, "-2"), (8, MAIN, "0"))
    _, rows, _ = read(tmp_path, account, "movements")
    assert show(rows, "movement_id", "quantity") == [("10-0", "12"), ("11-0", "2")]


def test_only_what_moves_stock_and_is_posted_is_a_movement(tmp_path, account):
    account.add_move(10, "ItemShip", (7, MAIN, "-1"))
    account.add_move(11, "SalesOrd", (7, MAIN, "-1"), posting="F")
    account.add_move(12, "ItemShip", (7, MAIN, "-1"))
    account.base.execute('update transactionline set isinventoryaffecting = "F" where id = 0 '
                         'and "transaction" = 12')  # fmt: skip
    _, rows, _ = read(tmp_path, account, "movements")
    assert rows["movement_id"].to_list() == ["10-0"]


def test_movements_are_read_from_so_many_days_before_they_were_last_read(tmp_path, account):
    for number, changed in [(10, "2026-04-01"), (11, "2026-04-03"), (12, "2026-04-06")]:
        account.add_move(
            number, "ItemShip", (7, MAIN, "-1"), lastmodifieddate=f"{changed} 00:00:01"
        )
    _, rows, _ = read(tmp_path, account, "movements")
    assert rows["movement_id"].to_list() == ["12-0"]
    _, rows, _ = read(tmp_path, account, "movements", days=3)
    assert rows["movement_id"].to_list() == ["11-0", "12-0"]
    _, rows, _ = read(
        tmp_path, account, "movements", read_until=HOUR_AT - timedelta(days=3, hours=1)
    )
    assert rows["movement_id"].to_list() == ["10-0", "11-0", "12-0"]


def test_times_stay_as_they_are_told_and_the_system_says_their_zone(tmp_path, account):
    account.add_move(10, "ItemShip", (7, MAIN, "-1"))
    _, rows, _ = read(tmp_path, account, "movements")
    assert show(rows, "moved_at", "recorded_at") == [("2026-04-06T02:30:00", "2026-04-06T02:31:00")]


def test_a_kind_of_ones_own_is_a_matter_of_options(tmp_path, account):
    account.add_move(10, "InvAdjst", (7, MAIN, "-1"))
    account.add_move(11, "InvAdjst", (7, MAIN, "1"))
    _, rows, _ = read(tmp_path, account, "movements", kinds={"InvAdjst": "write_off"})
    assert show(rows, "kind", "quantity") == [("write_off", "1"), ("adjustment", "1")]


def test_lines_are_paged_by_transaction_and_line(tmp_path, account):
    account.add_move(10, "ItemShip", *((7, MAIN, "-1") for _ in range(5)))
    account.add_move(12, "ItemShip", (7, MAIN, "-1"))
    _, rows, _ = read(tmp_path, account, "movements", page_size=2)
    assert rows["movement_id"].to_list() == ["10-0", "10-1", "10-2", "10-3", "10-4", "12-0"]


# Who asks, and what goes wrong


def test_a_signed_statement_is_given_for_a_token(tmp_path, account):
    account.add_balance(7, MAIN, "1")
    with serving(tmp_path, account) as connector:
        land(connector, "counts", tmp_path / "landing")
        land(connector, "counts", tmp_path / "again")
        asked = connector.server.asked
    [claims] = account.handed
    assert claims["iss"] == CLIENT
    assert claims["exp"] - claims["iat"] == 300
    assert {a.headers["authorization"] for a in asked if a.path == SUITEQL} == {f"Bearer {TOKEN}"}
    assert {a.headers["prefer"] for a in asked if a.path == SUITEQL} == {"transient"}
    assert not any(b"PRIVATE" in a.body for a in asked)


def test_a_token_that_ended_is_asked_for_again_once(tmp_path, account):
    account.add_balance(7, MAIN, "1")
    with serving(tmp_path, account) as connector:
        land(connector, "counts", tmp_path / "landing")
        account.tokens = {"another"}
        fetched, _ = land(connector, "counts", tmp_path / "again")
        assert fetched.is_complete
        assert len(account.handed) == 2
        account.tokens = set()
        with pytest.raises(SourceRefusedError, match=r"HTTP 401.*Invalid login attempt"):
            land(connector, "counts", tmp_path / "third")


def test_a_statement_that_is_not_taken_is_said_so(tmp_path, account):
    with (
        serving(tmp_path, account, client_id="somebody else") as connector,
        pytest.raises(SourceRefusedError, match="asking for a token: HTTP 400") as caught,
    ):
        land(connector, "counts", tmp_path / "landing")
    assert "PRIVATE" not in str(caught.value)


def test_a_key_of_another_kind_is_refused_in_words(tmp_path, account):
    with (
        serving(tmp_path, account, algorithm="PS256") as connector,
        pytest.raises(SourceRefusedError, match="algorithm PS256 signs with an RSA key"),
    ):
        land(connector, "counts", tmp_path / "landing")


def test_that_others_use_the_account_up_is_waited_for(tmp_path, account):
    account.add_balance(7, MAIN, "1")
    left = [LIMITED] * 6
    with serving(
        tmp_path, account, spoil=lambda _, reply: left.pop() if left else reply
    ) as connector:
        fetched, _ = land(connector, "counts", tmp_path / "landing")
        assert fetched.is_complete
        assert connector.clock.slept == [0.25, 0.5, 1.0, 2.0, 4.0, 8.0]


def test_patience_ends_in_words(tmp_path, account):
    with (
        serving(tmp_path, account, spoil=lambda *_: LIMITED, retries=2) as connector,
        pytest.raises(SourceUnavailableError, match=r"HTTP 429.*Concurrent request limit"),
    ):
        land(connector, "counts", tmp_path / "landing")


def test_a_right_that_is_missing_is_said_in_netsuites_words(tmp_path, account):
    said = "Invalid search query. Search error occurred: Record 'inventorybalance' was not found."
    with (
        serving(
            tmp_path, account, spoil=lambda *_: say_no(400, "INVALID_PARAMETER", said)
        ) as connector,
        pytest.raises(SourceContractError, match="'inventorybalance' was not found"),
    ):
        land(connector, "counts", tmp_path / "landing")


@pytest.mark.parametrize(
    ("reply", "error", "said"),
    [
        (Reply(b"<html>log in</html>", headers={"Content-Type": "text/html"}), SourceContractError,
         "text/html, wanted JSON"),
        (Reply(b"", 302, headers={"Location": "https://evil.example/"}), SourceRefusedError,
         "redirects to evil.example"),
        (Reply(b"down", 500), SourceUnavailableError, "HTTP 500"),
        (Reply(b'{"items": 1}', headers={"Content-Type": "application/json"}), SourceContractError,
         "no list at 'items"),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_said_as_what_it_is(tmp_path, account, reply, error, said):
    with (
        serving(tmp_path, account, spoil=lambda *_: reply, retries=1) as connector,
        pytest.raises(error, match=said),
    ):
        land(connector, "counts", tmp_path / "landing")


# Options


def build_options(**changes):
    given = {
        "account": "1234567_SB1", "client_id": {"env": "NS_CLIENT"}, "certificate_id": "c1",
        "key": {"env": "NS_KEY"},
    }  # fmt: skip
    return NetsuiteOptions.model_validate({**given, **changes})


def test_the_host_is_that_of_the_account():
    assert build_options().origin == "https://1234567-sb1.suitetalk.api.netsuite.com"
    assert build_options(account="TSTDRV99").origin.startswith("https://tstdrv99.suitetalk.")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"account": "https://1234567.app.netsuite.com"}, "account is the account ID alone"),
        ({"key": None}, "give client_id, certificate_id and key"),
        ({"facts": {"on_hand": "quantity"}}, "'quantity' has no declared meaning"),
        ({"kinds": {"InvAdjst": "shrinkage"}}, "'shrinkage' is no kind"),
        ({"page_size": 2000}, "less than or equal to 1000"),
        ({"base_url": "http://proxy.example"}, "not encrypted"),
        ({"write": {}}, "adjustment_account"),
        ({"write": {"adjustment_account": 1, "client_id": "x"}}, "or none of them"),
        ({"token": 1}, "Extra inputs are not permitted"),
    ],
)
def test_options_that_cannot_be_are_refused_in_words(changes, message):
    with pytest.raises(ValidationError, match=message):
        build_options(**changes)


def test_the_card_says_what_the_connector_is():
    card = NetsuiteConnector.card
    assert (card.delivery, card.absent_means) == ("B", "unknown")
    NetsuiteOptions.model_validate(yaml.safe_load(card.options))


def test_a_location_by_name_is_read_and_never_written(tmp_path, account):
    with (
        serving(tmp_path, account, locate_by="name", write={"adjustment_account": 5}) as connector,
        pytest.raises(ConfigError, match="locate_by: id to write"),
    ):
        connector.build_writer()


def test_the_examples_of_the_page_are_taken_and_all_options_stand_on_it():
    examples = read_examples("netsuite.md")
    assert len(examples) >= 2
    for example in examples:
        for settings in yaml.safe_load(example)["systems"].values():
            system = System.model_validate(settings)
            assert system.connector == "netsuite"
            NetsuiteOptions.model_validate(system.options)
    page = (CONNECTOR_PAGES / "netsuite.md").read_text()
    assert [name for name in NetsuiteOptions.model_fields if f"`{name}`" not in page] == []

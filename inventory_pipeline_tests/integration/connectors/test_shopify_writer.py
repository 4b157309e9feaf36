"""The writer on a stand-in shop: what the shop does, and what may be concluded from it.

The stand-in holds every document against a small schema of our own; see test_shopify.py.
"""

import json
from datetime import timedelta

import pytest

from inventory_pipeline.errors import SourceRefusedError, SourceUnavailableError
from inventory_pipeline.model.delivery import Writer
from inventory_pipeline_tests.support.shopify.shop import Bucket, Shop
from inventory_pipeline_tests.support.shopify.sources import line, open_shop
from inventory_pipeline_tests.support.stand_in import refused_port

KEY = "0b0e6b1e-5a0a-5d2c-9d0e-1f6a8f0f2b11"
# A silence is waited for; everything else answers in no time, unless the machine is busy.
PATIENT = {"connect": "2s", "read": "2s", "answer": "10s", "feed": "20s"}
WRITING = {"write": {}, "timeouts": PATIENT}


@pytest.fixture
def shop():
    made = Shop()
    made.shelf.add("A", 4, 40, committed=2)
    made.shelf.add("B", 5)
    made.shelf.add("C", 6)
    return made


@pytest.fixture
def opened(tmp_path, shop):
    with open_shop(tmp_path, shop, **WRITING) as found:
        yield found


@pytest.fixture
def writer(opened):
    return opened.writer


def find(shop, sku, place="1", name="available"):
    item = next(item for item in shop.shelf.items.values() if item.sku == sku)
    return item.levels[f"gid://shopify/Location/{place}"].read(name)


def deliver(writer, lines, key=KEY):
    return writer.send(lines, key, writer.encode(lines, key))


def tell(answer):
    return {receipt_id: said.outcome for receipt_id, said in answer.lines.items()}


def test_a_connector_without_writing_only_reads(tmp_path, shop):
    with open_shop(tmp_path, shop) as opened:
        assert opened.connector.build_writer() is None


def test_it_is_class_a(opened, writer):
    assert isinstance(writer, Writer)
    assert writer.delivery_class == "A"
    assert writer.key_lifetime == timedelta(hours=23)
    assert writer.caches_errors
    assert writer.max_lines == 250
    assert writer.operations == {"set", "add"}
    assert writer.rate is None


def test_a_set_says_what_it_expects_and_is_confirmed(shop, opened, writer):
    lines = [line("r1", "A", 3, 4)]
    answer = deliver(writer, lines)
    assert tell(answer) == {"r1": "confirmed"}
    assert "InventoryAdjustmentGroup/7" in answer.lines["r1"].evidence
    assert find(shop, "A") == 3
    sent = opened.server.asked[-1].json["variables"]
    assert sent == {
        "key": KEY,
        "input": {
            "name": "available",
            "reason": "correction",
            "referenceDocumentUri": "gid://inventory-pipeline/Receipt/r1",
            "quantities": [
                {
                    "inventoryItemId": "gid://shopify/InventoryItem/1001",
                    "locationId": "gid://shopify/Location/1",
                    "quantity": 3,
                    "changeFromQuantity": 4,
                }
            ],
        },
    }


def test_without_a_known_number_null_is_said_out_loud(opened, writer):
    assert tell(deliver(writer, [line("r1", "A", 3, None)])) == {"r1": "confirmed"}
    assert b'"changeFromQuantity":null' in opened.server.asked[-1].body


def test_on_hand_is_set_by_what_is_available(shop, writer):
    assert tell(deliver(writer, [line("r1", "A", 5, 6, fact="on_hand")])) == {"r1": "confirmed"}
    assert (find(shop, "A", name="on_hand"), find(shop, "A")) == (5, 3)


def test_many_lines_are_one_request_with_one_reference(shop, opened, writer):
    lines = [line("r1", "A", 1, 4), line("r2", "A", 2, 40, location_id="2"), line("r3", "B", 3, 5)]
    assert set(tell(deliver(writer, lines)).values()) == {"confirmed"}
    assert [find(shop, "A"), find(shop, "A", "2"), find(shop, "B")] == [1, 2, 3]
    given = opened.server.asked[-1].json["variables"]["input"]
    assert given["referenceDocumentUri"] == f"gid://inventory-pipeline/Dispatch/{KEY}"


@pytest.mark.parametrize(
    ("reasons", "theirs"),
    [
        (["correction"], "correction"),
        (["restock"], "restock"),
        (["return"], "restock"),
        (["count"], "cycle_count_available"),
        (["sale"], "other"),
        (["transfer"], "movement_updated"),
        (["count", "sale"], "other"),
    ],
)
def test_reasons_are_the_shops(opened, writer, reasons, theirs):
    items = [("A", 4), ("B", 5)]
    lines = [
        line(f"r{n}", *items[n], before=items[n][1], reason=reason)
        for n, reason in enumerate(reasons)
    ]
    assert set(tell(deliver(writer, lines)).values()) == {"confirmed"}
    assert opened.server.asked[-1].json["variables"]["input"]["reason"] == theirs


def test_an_add_moves_by_so_much(shop, opened, writer):
    assert tell(deliver(writer, [line("r1", "A", -3, 4, operation="add")])) == {"r1": "confirmed"}
    assert find(shop, "A") == 1
    given = opened.server.asked[-1].json["variables"]["input"]
    assert given["changes"][0]["delta"] == -3
    assert given["changes"][0]["changeFromQuantity"] == 4


def test_adding_to_on_hand_is_refused_and_never_sent(shop, opened, writer):
    answer = deliver(writer, [line("r1", "A", 1, 6, operation="add", fact="on_hand")])
    assert tell(answer) == {"r1": "refused"}
    assert "only available can be added to" in answer.lines["r1"].evidence
    assert not find_changes(opened)


def test_null_adjustment_group_is_success(shop, writer):
    answer = deliver(writer, [line("r1", "A", 4, 4)])
    assert tell(answer) == {"r1": "confirmed"}
    assert answer.lines["r1"].evidence == "nothing had to change (no adjustment group)"
    assert shop.changes == 0


def find_changes(opened):
    return [asked for asked in opened.server.asked if b"mutation" in asked.body]


# The same key


@pytest.mark.slow
@pytest.mark.parametrize(
    "fault",
    [
        "apply_then_hang",
        "hang_then_drop",
        "500_but_applied",
        "500",
        "503",
        "apply_then_reset",
        "apply_then_cut",
        "apply_then_half_json",
    ],
)
def test_after_silence_the_same_bytes_under_the_same_key_have_one_effect(
    shop, opened, writer, fault
):
    shop.faults = [fault]
    lines = [line("r1", "A", -3, 4, operation="add")]
    body = writer.encode(lines, KEY)
    first = writer.send(lines, KEY, body)
    assert tell(first) == {"r1": "ambiguous"}
    assert not first.is_down
    assert len(find_changes(opened)) == 1  # nobody tried again behind our back
    assert tell(writer.send(lines, KEY, body)) == {"r1": "confirmed"}
    assert find(shop, "A") == 1
    assert shop.changes == 1


def test_a_key_that_came_with_other_bytes_is_ambiguous_and_loud(shop, writer, caplog):
    deliver(writer, [line("r1", "A", 3, 4)])
    answer = deliver(writer, [line("r1", "A", 2, 3)])
    assert tell(answer) == {"r1": "ambiguous"}
    assert find(shop, "A") == 3
    assert f"other parameters for key={KEY}" in caplog.text


def test_a_key_that_failed_is_spent(shop, writer):
    lines = [line("r1", "A", 3, 9)]
    assert tell(deliver(writer, lines)) == {"r1": "stale"}
    assert tell(deliver(writer, lines)) == {"r1": "spent"}


def test_a_key_in_use_is_ambiguous_for_a_short_while(shop, writer):
    shop.faults = ["concurrent"]
    answer = deliver(writer, [line("r1", "A", 3, 4)])
    assert tell(answer) == {"r1": "ambiguous"}
    assert answer.wait == timedelta(seconds=2)


def test_a_forgotten_key_is_held_back_by_compare_and_set_alone(shop, writer):
    now = [0.0]
    shop.keys.clock = lambda: now[0]
    lines = [line("r1", "A", 3, 4)]
    deliver(writer, lines)
    now[0] = 24 * 3600
    assert tell(deliver(writer, lines)) == {"r1": "stale"}
    assert find(shop, "A") == 3


# One bad line


def spoil_line(shop, what):
    """Return a line that the shop has something against, and the word for it."""
    bundle = next(item for item in shop.shelf.items.values() if item.sku == "C")
    bundle.is_bundle = what == "bundle"
    return {
        "stale": line("bad", "C", 1, 99),
        "bundle": line("bad", "C", 1, 6),
        "negative": line("bad", "C", -1, 6),
        "too high": line("bad", "C", 10**9, 6, operation="add"),
        "not stocked": line("bad", "C", 1, 0, location_id="2"),
        "no such place": line("bad", "C", 1, 6, location_id="77"),
    }[what]


@pytest.mark.parametrize(
    ("what", "outcome", "said"),
    [
        ("stale", "stale", "CHANGE_FROM_QUANTITY_STALE"),
        ("bundle", "refused", "NON_MUTABLE_INVENTORY_ITEM"),
        ("negative", "refused", "INVALID_QUANTITY_NEGATIVE"),
        ("too high", "refused", "INVALID_QUANTITY_TOO_HIGH"),
        ("not stocked", "refused", "ITEM_NOT_STOCKED_AT_LOCATION"),
        ("no such place", "refused", "INVALID_LOCATION"),
    ],
)
def test_one_bad_line_is_named_and_the_others_wait(shop, writer, what, outcome, said):
    bad = spoil_line(shop, what)
    good = [
        line("r1", "A", 3, 4, operation=bad.operation),
        line("r2", "B", 3, 5, operation=bad.operation),
    ]
    answer = deliver(writer, [good[0], bad, good[1]])
    assert tell(answer) == {"r1": "unapplied", "bad": outcome, "r2": "unapplied"}
    assert said in answer.lines["bad"].evidence
    assert shop.changes == 0
    assert set(tell(deliver(writer, good, "another key")).values()) == {"confirmed"}


def test_two_bad_lines_are_both_named(writer):
    lines = [line("r1", "A", 1, 9), line("r2", "B", 1, 5), line("r3", "C", -1, 6)]
    assert tell(deliver(writer, lines)) == {"r1": "stale", "r2": "unapplied", "r3": "refused"}


def test_an_item_that_is_gone_is_refused(tmp_path, shop):
    with open_shop(tmp_path, shop, **WRITING, identify_by="inventory_item_id") as opened:
        lines = [line("r1", "4711", 1, 1), line("r2", "1001", 3, 4)]
        answer = deliver(opened.writer, lines)
    assert tell(answer) == {"r1": "refused", "r2": "unapplied"}
    assert "INVALID_INVENTORY_ITEM" in answer.lines["r1"].evidence


def test_a_request_the_shop_has_something_against_as_a_whole(writer):
    one = [line("r1", "A", 3, 4, reference="no uri")]
    assert tell(deliver(writer, one)) == {"r1": "refused"}
    two = [line("r1", "A", 3, 4), line("r2", "B", 3, 5)]
    answer = deliver(writer, two, "key//")
    assert set(tell(answer).values()) == {"confirmed"}


# Not a success


@pytest.mark.parametrize("fault", ["no_directive", "no_before", "403"])
def test_top_level_graphql_error_is_failure_even_on_http_200(shop, writer, fault):
    shop.faults = [fault]
    answer = deliver(writer, [line("r1", "A", 3, 4)])
    assert tell(answer) == {"r1": "unapplied"}
    assert answer.is_down
    assert find(shop, "A") == 4


@pytest.mark.parametrize("fault", ["inner_error", "empty", "null", "strange"])
def test_what_is_neither_yes_nor_no_is_ambiguous(shop, writer, fault):
    shop.faults = [fault]
    assert tell(deliver(writer, [line("r1", "A", 3, 4)])) == {"r1": "ambiguous"}


def test_throttled_is_unapplied_and_says_how_long(shop, opened, writer):
    lines = [line("r1", "A", 3, 4)]
    body = writer.encode(lines, KEY)
    shop.bucket = Bucket(left=3, rate=2)
    answer = writer.send(lines, KEY, body)
    assert tell(answer) == {"r1": "unapplied"}
    assert answer.wait == timedelta(seconds=5)
    assert not answer.is_down


def test_too_many_requests_is_unapplied_and_says_how_long(shop, writer):
    shop.faults = ["429"]
    answer = deliver(writer, [line("r1", "A", 3, 4)])
    assert tell(answer) == {"r1": "unapplied"}
    assert answer.wait == timedelta(seconds=7)


def test_a_shop_that_is_not_there_was_sent_nothing(tmp_path, shop, opened, writer):
    lines = [line("r1", "A", 3, 4)]
    body = writer.encode(lines, KEY)
    with refused_port() as port:
        other = opened.writer
        other._desk = type(other._desk)(
            options=other._options.model_copy(update={"base_url": f"http://127.0.0.1:{port}"}),
            system="storefront",
            root=str(tmp_path),
            world=opened.clock.build_world(),
        )
        answer = other.send(lines, KEY, body)
    assert tell(answer) == {"r1": "unapplied"}
    assert answer.is_down
    assert "cannot be reached" in answer.lines["r1"].evidence


# Tokens


def test_a_token_that_ended_is_fetched_again_before_anything_is_done(tmp_path, shop):
    (tmp_path / "secret").write_text("s3cr3t")
    app = {"client_id": "app", "client_secret": {"file": "secret"}}
    with open_shop(tmp_path, shop, write=app) as opened:
        writer = opened.writer
        lines = [line("r1", "A", 3, 4)]
        body = writer.encode(lines, KEY)
        shop.tokens.clear()
        assert tell(writer.send(lines, KEY, body)) == {"r1": "confirmed"}
    assert shop.tokens_given == 2
    assert find(shop, "A") == 3


def test_the_writer_has_a_token_of_its_own(tmp_path, shop):
    (tmp_path / "mine").write_text("shpat_writer")
    shop.tokens.add("shpat_writer")
    with open_shop(tmp_path, shop, write={"token": {"file": "mine"}}) as opened:
        deliver(opened.writer, [line("r1", "A", 3, 4)])
    used = {asked.headers["x-shopify-access-token"] for asked in opened.server.asked}
    assert used == {"shpat_writer"}


@pytest.mark.parametrize("kept", [True, False])
def test_a_wrong_token_leaves_everything_for_later(tmp_path, shop, opened, writer, kept):
    lines = [line("r1", "A", 3, 4)]
    body = writer.encode(lines, KEY)
    if kept:
        shop.tokens.clear()
    else:
        (tmp_path / "token").unlink()
    answer = writer.send(lines, KEY, body)
    assert tell(answer) == {"r1": "unapplied"}
    assert answer.is_down


def test_what_the_shop_says_is_repeated_without_our_token(shop, writer):
    lines = [line("r1", "A", 3, 4)]
    body = writer.encode(lines, KEY)
    shop.faults = ["echo"]
    answer = writer.send(lines, KEY, body)
    assert "***" in answer.lines["r1"].evidence
    assert "shpat" not in answer.lines["r1"].evidence


# Names


def test_same_lines_and_key_are_the_same_bytes(opened, writer):
    lines = [line("r1", "A", 3, 4), line("r2", "B", 3, 5)]
    body = writer.encode(lines, KEY)
    assert body == writer.encode(lines, KEY) == opened.writer.encode(lines, KEY)
    assert body == json.dumps(json.loads(body), sort_keys=True, separators=(",", ":")).encode()


@pytest.mark.parametrize("way", ["prepare", "read", "encode"])
def test_once_names_are_looked_up_encoding_asks_nobody(opened, writer, way):
    lines = [line("r1", "A", 3, 4), line("r2", "GONE", 3, 5)]
    {
        "prepare": writer.prepare,
        "read": writer.read,
        "encode": lambda given: writer.encode(given, KEY),
    }[way](lines)
    asked = len(opened.server.asked)
    writer.encode(lines, KEY)
    assert len(opened.server.asked) == asked


def test_a_sku_that_moved_to_another_item_is_found_there_once_it_is_prepared_again(shop, writer):
    lines = [line("r1", "A", 3, 4)]
    writer.prepare(lines)
    old, new = list(shop.shelf.items.values())[:2]
    old.sku, new.sku = "B", "A"
    writer.prepare(lines)
    assert new.gid.encode() in writer.encode(lines, KEY)


def test_ids_need_no_looking_up(tmp_path, shop):
    with open_shop(tmp_path, shop, **WRITING, identify_by="inventory_item_id") as opened:
        opened.writer.encode([line("r1", "1001", 3, 4)], KEY)
    assert opened.server.asked == []


def test_encoding_what_was_not_prepared_may_fail_where_nobody_answers(tmp_path, shop):
    with open_shop(tmp_path, shop, **WRITING) as opened:
        writer = opened.writer
    with pytest.raises(SourceUnavailableError):
        writer.encode([line("r1", "A", 3, 4)], KEY)


@pytest.mark.parametrize(
    ("item", "changes"),
    [
        ("GONE", {}),
        ("a", {}),
        ("TWIN", {}),
        ("UNTRACKED", {}),
        ('"', {}),
        ("A", {"location_id": "Main"}),
        ("A", {"quantity": 10**9 + 1}),
        ("A", {"fact": "committed"}),
    ],
)
def test_what_can_never_be_taken_is_refused_without_asking(shop, opened, writer, item, changes):
    shop.shelf.add("TWIN", 1)
    shop.shelf.add("TWIN", 1)
    shop.shelf.add("UNTRACKED", 1, tracked=False)
    bad = line("bad", item, **{"quantity": 1, "before": 1, **changes})
    fact = {"fact": bad.fact}
    answer = deliver(writer, [line("r1", "B", 1, 5, **fact), bad])
    assert tell(answer)["bad"] == "refused"
    assert not find_changes(opened)


def test_odd_skus_are_found_as_they_are(shop, writer):
    for sku in ('6" pipe', "back\\slash", "Ж OR sku:*", "{limit}"):
        shop.shelf.add(sku, 5)
    lines = [line(sku, sku, 3, 5) for sku in ('6" pipe', "back\\slash", "Ж OR sku:*", "{limit}")]
    assert set(tell(deliver(writer, lines)).values()) == {"confirmed"}


def test_places_may_go_by_their_name(tmp_path, shop):
    with open_shop(tmp_path, shop, **WRITING, locate_by="name") as opened:
        lines = [line("r1", "A", 3, 40, location_id="L2")]
        assert tell(deliver(opened.writer, lines)) == {"r1": "confirmed"}
    assert find(shop, "A", "2") == 3


def test_many_skus_and_many_lines_go_in_one_request(shop, opened, writer):
    lines = [line(f"r{n}", shop.shelf.add(f"S{n:03}", 5), 3, 5) for n in range(250)]
    assert set(tell(deliver(writer, lines)).values()) == {"confirmed"}
    assert len(find_changes(opened)) == 1
    assert set(writer.read(lines).values()) == {3}


# Reading back


def test_read_gives_the_number_each_line_is_about(shop, opened, writer):
    shop.shelf.add("UNTRACKED", 1, tracked=False)
    asleep = shop.shelf.add("ASLEEP", 1)
    asleep.levels["gid://shopify/Location/1"].is_active = False
    lines = [
        line("r1", "A", 0, 0),
        line("r2", "A", 0, 0, location_id="2"),
        line("r3", "A", 0, 0, fact="on_hand"),
        line("r4", "B", 0, 0, location_id="2"),
        line("r5", "GONE", 0, 0),
        line("r6", "UNTRACKED", 0, 0),
        line("r7", "ASLEEP", 0, 0),
    ]
    assert writer.read(lines) == {
        "r1": 4, "r2": 40, "r3": 6, "r4": None, "r5": None, "r6": None, "r7": None,
    }  # fmt: skip


def test_what_cannot_be_read_is_said(shop, writer):
    shop.tokens.clear()
    with pytest.raises(SourceRefusedError):
        writer.read([line("r1", "A", 0, 0)])

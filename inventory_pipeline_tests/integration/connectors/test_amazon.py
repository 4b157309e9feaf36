"""Amazon's summaries: what is counted, tokens that end, rates, marketplaces; held to the model."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from textwrap import dedent
from typing import Any

import pytest
import yaml

from inventory_pipeline.config.systems import System
from inventory_pipeline.connectors.amazon.about import CARD, find_path
from inventory_pipeline.connectors.amazon.connector import AmazonConnector
from inventory_pipeline.connectors.amazon.options import AmazonOptions, Ledger, Write
from inventory_pipeline.errors import SourceContractError, SourceError, SourceRefusedError
from inventory_pipeline.model.ports import Connector, WritableConnector
from inventory_pipeline_tests.support.docs import CONNECTOR_PAGES, read_examples
from inventory_pipeline_tests.support.file_sources import land
from inventory_pipeline_tests.support.http_sources import Clockwork
from inventory_pipeline_tests.support.stand_in import Asked, Reply, StandIn, answer_json
from inventory_pipeline_tests.support.vendors.amazon import (
    ACCESS,
    CANADA,
    REFRESH,
    SECRET,
    SUMMARIES,
    US,
    Amazon,
    build_amazon,
)
from inventory_pipeline_tests.support.vendors.amazon_model import find_problems, load_models
from inventory_pipeline_tests.support.vendors.vendor import Level


@dataclass
class Seller:
    """A connector on one seller account; ``spoil`` may change every answer."""

    amazon: Amazon
    clock: Clockwork
    server: StandIn
    connector: AmazonConnector
    problems: list[str] = field(default_factory=list)

    def find_pages(self) -> list[Asked]:
        return [asked for asked in self.server.asked if asked.path == SUMMARIES]


@contextmanager
def selling(folder, stock=None, *, spoil=None, **options: Any) -> Iterator[Seller]:
    clock = Clockwork()
    amazon = Amazon({US: build_levels(5)} if stock is None else stock, now=clock.read)
    problems: list[str] = []

    def plan(asked: Asked) -> Reply:
        reply = amazon.answer(asked)
        if asked.path == SUMMARIES:
            problems.extend(find_problems(asked, reply.status, _read(reply)))
        return spoil(asked, reply) if spoil else reply

    with StandIn(plan) as server:
        connector = build_amazon(server.url, folder, clock=clock, **options)
        yield Seller(amazon, clock, server, connector, problems)


def _read(reply: Reply) -> Any:
    return Asked("GET", "", {}, {}, reply.body).json


def build_levels(count: int, **quantities: Any) -> list[Level]:
    return [
        Level(f"SKU-{n}", US, {"fulfillableQuantity": n + 1, **quantities}) for n in range(count)
    ]


def read(seller, folder, *columns):
    fetched, pages = land(seller.connector, "counts", folder)
    frame = seller.connector.parse("counts", pages)
    assert frame.rejected.is_empty()
    return fetched, frame.rows.select(*columns or ("item_id", "quantity")).rows()


# What is counted


def test_what_can_be_shipped_is_what_is_available(tmp_path):
    with selling(tmp_path) as seller:
        fetched, rows = read(seller, tmp_path, "item_id", "location_id", "fact", "quantity", "bin")
    assert rows == [(f"SKU-{n}", "L1", "available", str(n + 1), f"X00SKU-{n}") for n in range(5)]
    assert fetched.is_complete
    assert fetched.end_marker == f"{US}: page 3 names no further cursor"
    assert isinstance(seller.connector, Connector)
    assert isinstance(seller.connector, WritableConnector)
    assert seller.connector.build_writer() is None


def test_requests_and_answers_are_those_of_amazons_model(tmp_path):
    quantities = {"reservedQuantity": {"totalReservedQuantity": 2}, "totalQuantity": 9}
    with selling(tmp_path, {US: build_levels(5, **quantities)}) as seller:
        read(seller, tmp_path)
    assert len(seller.find_pages()) == 3
    assert seller.problems == []


def test_a_full_sweep_asks_for_details_and_from_no_time_on(tmp_path):
    with selling(tmp_path) as seller:
        read(seller, tmp_path)
    asked = seller.find_pages()
    usual = {
        "details": ["true"],
        "granularityType": ["Marketplace"],
        "granularityId": [US],
        "marketplaceIds": [US],
    }
    assert asked[0].query == usual
    # The token arrives as it was given, though it begins with +/&=.
    assert [page.first("nextToken")[:4] for page in asked] == ["", "+/&=", "+/&="]
    assert all(page.query | {"nextToken": [""]} == {**usual, "nextToken": [""]} for page in asked)


def test_amazon_total_quantity_not_used(tmp_path):
    level = Level("A", US, {"fulfillableQuantity": 3, "inboundShippedQuantity": 50,
                            "totalQuantity": 60})  # fmt: skip
    with selling(tmp_path, {US: [level]}) as seller:
        assert read(seller, tmp_path)[1] == [("A", "3")]
        for fact in ("on_hand", "available"):
            with pytest.raises(ValueError, match=rf"facts\.{fact}: 'totalQuantity' is n"):
                build_amazon(seller.server.url, tmp_path, facts={fact: "totalQuantity"})
        with pytest.raises(ValueError, match="still inbound in it"):
            build_amazon(seller.server.url, tmp_path, facts={"on_hand": "fulfillableQuantity"})


def test_every_quantity_of_the_model_has_a_meaning_and_a_place():
    [model] = [one for one in load_models() if "InventorySummary" in one["definitions"]]
    found = set(_find_numbers(model["definitions"], "InventorySummary", ""))
    assert {find_path(name) for name in CARD.quantities} == found


def _find_numbers(definitions, name, prefix):
    for key, value in definitions[name]["properties"].items():
        if "$ref" in value:
            inner = value["$ref"].rpartition("/")[2]
            yield from _find_numbers(definitions, inner, f"{prefix}{key}.")
        elif value["type"] == "integer":
            yield f"{prefix}{key}"


def test_every_quantity_can_be_read_as_a_fact_of_its_own(tmp_path):
    reserved = {"pendingCustomerOrderQuantity": 4, "fcProcessingQuantity": 1}
    level = Level("A", US, {"fulfillableQuantity": 3, "reservedQuantity": reserved})
    facts = {"available": "fulfillableQuantity", "committed": "pendingCustomerOrderQuantity"}
    with selling(tmp_path, {US: [level]}, facts=facts) as seller:
        rows = read(seller, tmp_path, "fact", "quantity")[1]
    assert rows == [("available", "3"), ("committed", "4")]


def test_labels_of_one_sku_are_told_apart_to_be_added_up(tmp_path):
    levels = [
        Level("A", US, {"fulfillableQuantity": n, "fnSku": label})
        for n, label in ((3, "X001"), (3, "X002"))
    ]
    with selling(tmp_path, {US: levels}) as seller:
        rows = read(seller, tmp_path, "item_id", "bin", "quantity")[1]
    assert rows == [("A", "X001", "3"), ("A", "X002", "3")]


def test_a_sku_that_amazon_does_not_list_is_not_zero(tmp_path):
    with selling(tmp_path, {US: build_levels(2)}) as seller:
        rows = read(seller, tmp_path)[1]
    assert [item for item, _ in rows] == ["SKU-0", "SKU-1"]
    assert CARD.absent_means == "unknown"


def test_a_number_is_as_of_the_answer_or_where_wanted_of_its_last_change(tmp_path):
    levels = [Level("A", US, {"fulfillableQuantity": 3}, as_of="2026-01-02T03:04:05Z")]
    with selling(tmp_path, {US: levels}) as seller:
        fetched, [(at,)] = read(seller, tmp_path, "as_of")
        assert f"{fetched.source_at:%Y-%m-%dT%H:%M:%S}Z" == at
    with selling(tmp_path, {US: levels}, as_of="change") as seller:
        fetched, [(at,)] = read(seller, tmp_path, "as_of")
        assert (fetched.source_at, at) == (None, "2026-01-02T03:04:05Z")


def test_a_fraction_and_a_null_go_on_as_they_are(tmp_path):
    levels = [Level("A", US, {"fulfillableQuantity": 1.5}),
              Level("B", US, {"fulfillableQuantity": None})]  # fmt: skip
    with selling(tmp_path, {US: levels}) as seller:
        assert read(seller, tmp_path)[1] == [("A", "1.5"), ("B", None)]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"errors": [{"code": "InternalFailure"}]}, "'errors' says that it failed"),
        (
            {"payload": {"granularity": {"granularityId": CANADA}, "inventorySummaries": []}},
            "'payload.granularity.granularityId' says that it failed",
        ),
        ({"payload": {"granularity": {"granularityId": US}}}, "no list at"),
    ],
    ids=["errors in a 200", "another marketplace", "no list"],
)
def test_an_answer_that_is_none_is_refused(tmp_path, answer, said):
    spoil = lambda asked, reply: answer_json(answer) if asked.path == SUMMARIES else reply  # noqa: E731
    with (
        selling(tmp_path, spoil=spoil) as seller,
        pytest.raises(SourceContractError, match=f"^amazon: counts: .*{said}"),
    ):
        read(seller, tmp_path)


# Marketplaces


def test_every_marketplace_is_swept_and_is_a_place(tmp_path):
    stock = {US: build_levels(3), CANADA: build_levels(1)}
    with selling(tmp_path, stock, marketplaces={US: "FBA-US", CANADA: "FBA-CA"}) as seller:
        fetched, pages = land(seller.connector, "counts", tmp_path)
        rows = seller.connector.parse("counts", pages).rows
        later = build_amazon(seller.server.url, tmp_path, marketplaces={US: "FBA-US"})
        again = later.parse("counts", pages).rows
    assert rows.select("row", "item_id", "location_id").rows() == [
        (1, "SKU-0", "FBA-US"), (2, "SKU-1", "FBA-US"), (3, "SKU-2", "FBA-US"),
        (4, "SKU-0", "FBA-CA"),
    ]  # fmt: skip
    assert fetched.is_complete
    assert f"{CANADA}: page 1 names no further cursor" in fetched.end_marker
    # One that left the options keeps its own name.
    assert again["location_id"].to_list() == ["FBA-US"] * 3 + [CANADA]


def test_a_marketplace_that_fails_fails_them_all(tmp_path):
    with (
        selling(tmp_path, marketplaces={US: "FBA-US", CANADA: "FBA-CA"}) as seller,
        pytest.raises(SourceError, match=r"^amazon: counts: page 1 of .*HTTP 400"),
    ):
        read(seller, tmp_path)


# Tokens


def stall(times: int):
    """Answer the second page of each sweep with "wait 31 seconds", so many times over."""
    left = [times]

    def spoil(asked: Asked, reply: Reply) -> Reply:
        if asked.first("nextToken") and reply.status == 200 and left[0]:
            left[0] -= 1
            return Reply(b"{}", 429, headers={"Retry-After": "31"})
        return reply

    return spoil


def test_a_token_that_ended_starts_the_sweep_anew_once(tmp_path):
    with selling(tmp_path, spoil=stall(1)) as seller:
        fetched, rows = read(seller, tmp_path)
    starts = [asked for asked in seller.find_pages() if not asked.first("nextToken")]
    assert (len(rows), len(starts), fetched.is_complete) == (5, 2, True)
    assert seller.problems == []


def test_a_token_that_ends_every_time_leaves_the_sweep_incomplete(tmp_path):
    with selling(tmp_path, spoil=stall(9)) as seller:
        fetched, rows = read(seller, tmp_path)
    starts = [asked for asked in seller.find_pages() if not asked.first("nextToken")]
    assert (len(starts), [item for item, _ in rows]) == (2, ["SKU-0", "SKU-1"])
    assert (fetched.is_complete, fetched.is_suspect) == (False, False)
    assert fetched.end_marker == f"{US}: the cursor of page 2 had ended (HTTP 400)"


def test_an_access_token_is_kept_for_its_hour_and_then_asked_for_again(tmp_path):
    with selling(tmp_path) as seller:
        for seconds in (0, 1800, 1800):
            seller.clock.sleep(seconds)
            read(seller, tmp_path)
    assert seller.amazon.handed_out == 2
    shown = [asked.headers["x-amz-access-token"] for asked in seller.find_pages()]
    assert shown == [f"{ACCESS}-1"] * 6 + [f"{ACCESS}-2"] * 3
    [first, _] = [asked for asked in seller.server.asked if asked.path == "/auth/o2/token"]
    assert first.headers["content-type"] == "application/x-www-form-urlencoded"
    assert "authorization" not in seller.find_pages()[0].headers


def test_an_access_token_that_was_taken_back_is_renewed_once(tmp_path):
    with selling(tmp_path) as seller:
        read(seller, tmp_path)
        seller.amazon.has_ended = {f"{ACCESS}-1"}
        assert read(seller, tmp_path)[0].is_complete
        seller.amazon.has_ended = {f"{ACCESS}-{n}" for n in range(9)}
        with pytest.raises(SourceRefusedError, match="HTTP 403: not allowed"):
            read(seller, tmp_path)
    assert seller.amazon.handed_out == 3


def test_credentials_that_are_wrong_are_a_persons_business_and_are_never_shown(tmp_path):
    with selling(tmp_path) as seller:
        (tmp_path / "refresh").write_text("Atzr|another")
        with pytest.raises(SourceRefusedError) as caught:
            read(seller, tmp_path)
    assert "the credentials were not taken" in str(caught.value)
    assert not {SECRET, REFRESH, "Atzr|another"} & set(str(caught.value).split())


def test_nothing_that_lands_holds_a_credential(tmp_path):
    with selling(tmp_path) as seller:
        _, pages = land(seller.connector, "counts", tmp_path)
    landed = b"".join(page.body for page in pages)
    assert not any(secret.encode() in landed for secret in (SECRET, REFRESH, ACCESS))


# Rates


@pytest.mark.parametrize(("announced", "gap"), [("2.0", 0.5), ("0.5", 2.0), ("10", 0.5), ("", 0.5)])
def test_the_rate_that_a_header_announces_is_kept(tmp_path, announced, gap):
    def spoil(_asked, reply):
        return Reply(reply.body, headers={**reply.headers, "x-amzn-RateLimit-Limit": announced})

    with selling(tmp_path, spoil=spoil) as seller:
        read(seller, tmp_path)  # asks for an access token, too
        seller.clock.slept.clear()
        read(seller, tmp_path)
    assert sum(seller.clock.slept) == pytest.approx(2 * gap, abs=0.3)


# Options


def test_the_region_names_the_address():
    def find_origin(**options):
        given = {"client_id": "a", "client_secret": {"env": "A"}, "refresh_token": {"env": "B"}}
        return AmazonOptions.model_validate({**given, "marketplaces": {US: "L1"}, **options}).origin

    assert find_origin() == "https://sellingpartnerapi-na.amazon.com"
    assert find_origin(region="fe") == "https://sellingpartnerapi-fe.amazon.com"
    assert find_origin(region="eu", sandbox=True) == (
        "https://sandbox.sellingpartnerapi-eu.amazon.com"
    )


WRITE = {"seller_id": "A3EXAMPLE", "marketplace": US, "location": "MAIN"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"marketplaces": {}}, "at least 1 item"),
        ({"marketplaces": {"amazon.com": "L1"}}, "should match pattern"),
        ({"facts": {"available": "sellableQuantity"}}, "'sellableQuantity' has no declared mean"),
        ({"facts": {"available": "inboundWorkingQuantity"}}, "is not what may be sold"),
        ({"base_url": "http://amazon.example.com"}, "is not encrypted"),
        ({"token_url": "http://amazon.example.com/o2"}, "is not encrypted"),
        ({"document_hosts": ["*"]}, "'\\*' is no host"),
        ({"document_hosts": ["*.com"]}, "is no host"),
        ({"marketplaces": {US: "A", CANADA: "B"}, "ledger": {}}, "say where each lies"),
        ({"write": {**WRITE, "marketplace": CANADA}}, "is none of marketplaces"),
        ({"write": {**WRITE, "location": "L1"}}, "L1 is what Amazon holds, which is only read"),
        ({"write": {**WRITE, "channel": "AMAZON_NA"}}, "AMAZON_NA is Amazon's own"),
        ({"refresh_tokens": "x"}, "Extra inputs"),
    ],
)
def test_options_that_cannot_be_meant_are_refused(tmp_path, options, said):
    with pytest.raises(ValueError, match=said):
        build_amazon("https://amazon.example.com", tmp_path, **options)


# The card and the page


def test_the_lines_that_init_writes_are_taken():
    options = AmazonOptions.model_validate(yaml.safe_load(dedent(CARD.options)))
    assert (options.marketplaces, options.ledger, options.write) == ({US: "FBA-US"}, None, None)
    built = AmazonConnector(system="amazon", options=options, root=".")
    assert tuple(built.find_feeds()) == CARD.feeds
    assert tuple(options.facts) == CARD.facts


def test_the_examples_of_the_page_are_taken_and_every_option_stands_there():
    examples = read_examples("amazon.md")
    assert len(examples) == 2
    for example in examples:
        for settings in yaml.safe_load(example)["systems"].values():
            system = System.model_validate(settings)
            assert AmazonOptions.model_validate(system.options).marketplaces
    text = (CONNECTOR_PAGES / "amazon.md").read_text()
    for model in (AmazonOptions, Ledger, Write):
        assert [name for name in model.model_fields if f"`{name}`" not in text] == []
    assert [name for name in CARD.quantities if f"`{name}`" not in text] == []

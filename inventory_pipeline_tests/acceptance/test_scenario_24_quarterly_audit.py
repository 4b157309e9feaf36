"""Scenario 24: once a quarter one item is followed end to end, and late reviews are named."""

import hashlib
import json
from typing import Any

import dagster as dg
import pytest

from inventory_pipeline.defs.places import QUARTERLY_AUDIT
from inventory_pipeline_tests.support.command import call
from inventory_pipeline_tests.support.digest import compute_digests
from inventory_pipeline_tests.support.roof import TEN, Roof
from inventory_pipeline_tests.support.shop import COUNTS, MOVEMENTS, Shop, files_system

NUMBERS = {"PAN": (400, 400, 400), "MUG": (400, 385, 392)}
SYSTEMS = ("wms", "erp", "storefront")
EVENTS = (
    "event_id path item_id location_id operation quantity emitted_at processed_at attempt "
    "idempotency_key sequence status mapping mapping_changed_at reference_id"
)


def configure(shop: Shop, *, fact: str = "", rule: str = "", more: str = "") -> None:
    systems = files_system("wms", "wms", "movements") + files_system("erp", "erp")
    shop.configure(
        f"business: {{name: Test, time_zone: Europe/Berlin}}\nsystems:\n{systems}"
        f"{files_system('storefront', 'storefront')}{more}"
        f"facts:\n  on_hand: {{owner: wms{fact}}}\n"
        f"mirrors:\n  - {{system: erp, fact: on_hand, expects: on_hand{rule}}}\n"
        "  - {system: storefront, fact: on_hand, expects: on_hand}\n"
        "handoffs:\n"
        "  - {path: stock, source: wms, target: erp, responsible: integrations}\n"
        "  - {path: shop, source: erp, target: storefront, responsible: integrations}\n"
    )


def work(shop: Shop, numbers: dict[str, tuple[int | None, ...]]) -> Shop:
    """Let each system count its items and run the hour; None: the system does not list it."""
    for place, system in enumerate(SYSTEMS):
        rows = [
            f"{sku} MAIN on_hand {units[place]} 10:00"
            for sku, units in numbers.items()
            if units[place] is not None
        ]
        shop.drop(system, "counts", TEN, "\n".join([COUNTS, *rows]))
    shop.drop("wms", "movements", TEN, MOVEMENTS)
    shop.run(TEN)
    return shop


@pytest.fixture
def audited(shop: Shop) -> Shop:
    configure(shop)
    return work(shop, NUMBERS)


def find_quarter(sku: str, among: tuple[str, ...] = tuple(NUMBERS)) -> str:
    """Return a quarter whose hash draws the item."""

    def draw(quarter: str) -> str:
        return min(among, key=lambda n: hashlib.md5(f"{quarter}|{n}".encode()).hexdigest())

    quarters = (f"{year}Q{n}" for year in range(2026, 2040) for n in range(1, 5))
    return next(quarter for quarter in quarters if draw(quarter) == sku)


def audit(shop: Shop, quarter: str, *, code: int) -> dict[str, Any]:
    done = call("--config", shop.config, "audit", "--quarter", quarter, "--json")
    assert (done.code, done.err) == (code, "")
    told: dict[str, Any] = json.loads(done.out)
    return told


@pytest.mark.slow
def test_400_400_400_holds(audited: Shop) -> None:
    told = audit(audited, find_quarter("PAN"), code=0)

    assert (told["sku"], told["verdict"], told["first_off"]) == ("PAN", "holds", None)
    [place] = told["places"]
    assert [(r["system"], r["units"]) for r in place["readings"]] == [
        ("wms", 400), ("erp", 400), ("storefront", 400),
    ]  # fmt: skip


@pytest.mark.slow
def test_400_385_392_diverges_at_the_erp(audited: Shop) -> None:
    quarter = find_quarter("MUG")

    told = audit(audited, quarter, code=1)

    assert (told["sku"], told["verdict"]) == ("MUG", "diverges")
    assert (told["first_off"]["system"], told["first_off"]["delta_units"]) == ("erp", -15)
    text = call("--config", audited.config, "audit", "--quarter", quarter.lower()).out
    assert f"{quarter}: MUG at {TEN} diverges" in text
    assert "first off: erp (drift, gap -15)" in text
    assert "no review is overdue" in text


@pytest.mark.slow
def test_only_what_sells_and_everybody_lists_is_drawn(shop: Shop) -> None:
    configure(shop)
    alone = {f"ALONE{n}": (7, 7, None) for n in range(20)}
    gone = {f"GONE{n}": (0, 0, 0) for n in range(20)}
    work(shop, {"PAN": (400, 400, 400), **alone, **gone})

    for year in (2026, 2027):
        for quarter in range(1, 5):
            assert audit(shop, f"{year}Q{quarter}", code=0)["sku"] == "PAN"


@pytest.mark.slow
def test_what_one_system_does_not_list_is_not_said_to_hold(shop: Shop) -> None:
    configure(shop)
    work(shop, {"PAN": (400, 400, None)})

    assert audit(shop, "2026Q4", code=1)["verdict"] == "unknown"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fact", "rule", "text"),
    [
        (", review_on: 2026-01-31", "", "on_hand: the review was due on 2026-01-31"),
        (
            "", ", rule: {reason: pool, author: Kim, since: 2024-01-01}",
            "erp on_hand: the rule's review was due on",
        ),
    ],
    ids=["owner", "rule"],
)  # fmt: skip
def test_a_late_review_of_an_owner_or_a_rule_is_named(
    shop: Shop, fact: str, rule: str, text: str
) -> None:
    configure(shop, fact=fact, rule=rule)
    work(shop, {"PAN": (400, 400, 400)})

    told = audit(shop, "2026Q4", code=1)

    assert told["verdict"] == "holds"
    assert [line.startswith(text) for line in told["overdue"]] == [True]


@pytest.mark.slow
def test_a_mapping_nobody_looked_at_is_named(shop: Shop) -> None:
    hub = files_system("hub", "middleware", "events").replace(
        'counts: "exports/hub/counts-{hour}.csv", ', ""
    )
    configure(shop, more=hub)
    at, changed = "2026-04-06T10:01:00Z", "2025-03-01T00:00:00Z"
    row = f"Q1 stock PAN MAIN set 400 {at} {at} 1 k1 - done stock_v1 {changed} -"
    shop.drop("hub", "events", TEN, f"{EVENTS}\n{row}")
    work(shop, {"PAN": (400, 400, 400)})

    [told] = audit(shop, "2026Q4", code=1)["overdue"]

    assert told == "stock: the mapping stock_v1 has not changed for 401 days"


def test_nothing_stored_is_no_verdict(shop: Shop) -> None:
    configure(shop)

    done = call("--config", shop.config, "audit")

    assert done.code == 2
    assert "no hour has been run yet" in done.err
    work(shop, {"PAN": (0, 0, 0)})
    assert "no active item is listed" in call("--config", shop.config, "audit").err
    wrong = call("--config", shop.config, "audit", "--quarter", "2026Q5")
    assert (wrong.code, "write it as 2026Q4" in wrong.err) == (2, True)


@pytest.mark.slow
def test_the_scheduled_audit_shows_the_numbers_and_changes_nothing(audited: Shop) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        roof = Roof(audited, instance)
        before = compute_digests(audited), roof.list_attempts()

        assert roof.execute("quarterly", {}).success

        told = roof.find_metadata(QUARTERLY_AUDIT)
        assert (compute_digests(audited), roof.list_attempts()) == before
        assert roof.read_journal("select * from mails") == []
    again = call("--config", audited.config, "audit", "--quarter", "2026Q2", "--json")
    drawn = json.loads(again.out)
    assert (told["quarter"], told["sku"], told["verdict"]) == (
        "2026Q2", drawn["sku"], drawn["verdict"],
    )  # fmt: skip
    for units in NUMBERS[drawn["sku"]]:
        assert f"| {units} |" in told["numbers"]
    assert told["overdue_reviews"] == 0

"""What really went wrong in systems like this one, each named as its makers' reports name it."""

from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest

from inventory_pipeline.config.policy import Assistant
from inventory_pipeline.correct.policy import decide
from inventory_pipeline_tests.support.shop import COUNTS, MOVEMENTS, Shop, files_system
from inventory_pipeline_tests.support.stand_in import Asked, Reply, StandIn, answer_json
from inventory_pipeline_tests.unit.correct.test_policy import gap, situation

NINE, TEN, ELEVEN = "2026-04-06T09:00Z", "2026-04-06T10:00Z", "2026-04-06T11:00Z"
LIMITED = Assistant(mode="limited")


def configure(
    shop: Shop, *, mirror: str = "on_hand", expects: str = "on_hand", more: str = ""
) -> None:
    """A shelf that tells of its movements, and a storefront that is to follow it."""
    systems = files_system("shelf", "wms", "movements") + files_system("storefront", "storefront")
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{systems}facts:\n  on_hand: {{owner: shelf}}\n"
        f'mirrors:\n  - {{system: storefront, fact: {mirror}, expects: "{expects}"}}\n{more}'
    )


def say(
    shop: Shop, hour: str, shelf: str, storefront: str, moved: str = "", fact: str = "on_hand"
) -> int:
    """Drop the exports of one hour and run it; a row is ``sku place units``."""
    at = f"{hour[11:13]}:55"

    def rows(text: str, name: str) -> str:
        lines = [line.split() for line in text.split("\n")]
        return "\n".join(
            [COUNTS, *(f"{sku} {place} {name} {units} {at}" for sku, place, units in lines)]
        )

    shop.drop("shelf", "counts", hour, rows(shelf, "on_hand"))
    shop.drop("storefront", "counts", hour, rows(storefront, fact))
    shop.drop("shelf", "movements", hour, f"{MOVEMENTS} reference_id\n{moved}".strip())
    return shop.run(hour)


def find_gaps(shop: Shop) -> dict[tuple[str, str], int]:
    return {
        (row["sku"], row["location_id"]): row["delta_units"]
        for row in shop.find("findings", kind="gap")
    }


def test_committed_not_subtracted_twice(shop: Shop) -> None:
    """The storefront's number fell when the order came; the open order is taken off once."""
    configure(shop, mirror="available", expects="greatest(0, on_hand - committed)")
    say(shop, NINE, "MUG L1 10", "MUG L1 10", fact="available")
    say(shop, TEN, "MUG L1 10", "MUG L1 7", "M1 order_placed MUG L1 3 10:05 SO-1", fact="available")

    row = shop.one("comparisons", "--hour", TEN, sku="MUG")
    assert (row["expected_units"], row["delta_units"]) == (7, 0)
    assert find_gaps(shop) == {}


def test_uom_case_vs_each(shop: Shop) -> None:
    """Five cases of twelve are sixty; the supplier's five is no shortage of fifty-five."""
    configure(shop, more="catalog: {identities: identities.csv}\n")
    shop.write(
        "identities.csv",
        "sku,system,item_id,unit,eaches_per_unit\nMUG,storefront,MUG-CASE,case,12\n",
    )
    shop.drop("shelf", "counts", TEN, f"{COUNTS}\nMUG L1 on_hand 60 10:55")
    shop.drop("storefront", "counts", TEN, f"{COUNTS} unit\nMUG-CASE L1 on_hand 5 10:55 case")
    shop.drop("shelf", "movements", TEN, MOVEMENTS)
    shop.run(TEN)

    row = shop.one("comparisons", "--hour", TEN, sku="MUG")
    assert (row["observed_units"], row["delta_units"]) == (60, 0)


def test_unmapped_location_never_counted(shop: Shop) -> None:
    """A place nobody mapped is a place of its own; its units are in nobody's number."""
    configure(shop)
    say(shop, TEN, "MUG L1 10", "MUG L1 10\nMUG WEB-9 4")

    assert shop.one("comparisons", "--hour", TEN, sku="MUG", location_id="L1")["delta_units"] == 0
    assert ("MUG", "L1") not in find_gaps(shop)


def test_404_does_not_advance_watermark(shop: Shop) -> None:
    """An hour that was not found is asked for again, and what it holds is counted then."""
    shown: dict[str, Reply] = {}

    def answer(asked: Asked) -> Reply:
        hour = asked.first("since")
        return shown.get(hour, Reply(b"{}", 404, headers={"Content-Type": "application/json"}))

    with StandIn(answer) as server:
        feed = (
            '{path: stock, query: {since: "{hour_start}"}, rows: "rows[]", '
            "columns: {item_id: i, location_id: p, fact: f, quantity: q, as_of: t}}"
        )
        options = f"{{base_url: '{server.url}', reads_past: true, feeds: {{counts: {feed}}}}}"
        shelf = f"  shelf: {{role: wms, connector: rest, options: {options}}}\n"
        shop.configure(
            f"business: {{name: Test}}\nsystems:\n{shelf}{files_system('storefront', 'storefront')}"
            "facts:\n  on_hand: {owner: shelf}\n"
            "mirrors:\n  - {system: storefront, fact: on_hand, expects: on_hand}\n"
        )
        for hour in (TEN, ELEVEN):
            shop.drop("storefront", "counts", hour, f"{COUNTS}\nMUG L1 on_hand 10 {hour[11:13]}:55")
        row = {"i": "MUG", "p": "L1", "f": "on_hand", "q": 10, "t": "2026-04-06T11:30:00Z"}
        shown["2026-04-06T11:00:00Z"] = answer_json({"rows": [row]})
        shop.run(TEN)
        shop.run(ELEVEN)
        assert shop.one("snapshots", "--hour", TEN, system="shelf")["status"] in (
            "missing",
            "failed",
        )

        row = {**row, "q": 8, "t": "2026-04-06T10:30:00Z"}
        shown["2026-04-06T10:00:00Z"] = answer_json({"rows": [row]})
        shop.run(TEN)

    assert shop.one("snapshots", "--hour", TEN, system="shelf")["status"] == "complete"
    assert shop.one("comparisons", "--hour", TEN, sku="MUG")["delta_units"] == 2


def test_failed_warehouse_not_masked(shop: Shop) -> None:
    """Of two warehouses one does not answer: the whole is missing, not the sum of one."""
    shelf = (
        "  shelf: {role: wms, connector: files, options: {counts: "
        '["exports/shelf/counts-{hour}.csv", "exports/north/counts-{hour}.csv"]}}\n'
    )
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{shelf}{files_system('storefront', 'storefront')}"
        "facts:\n  on_hand: {owner: shelf}\n"
        "mirrors:\n  - {system: storefront, fact: on_hand, expects: on_hand}\n"
    )
    shop.drop("shelf", "counts", TEN, f"{COUNTS}\nMUG L1 on_hand 10 10:55")
    shop.drop(
        "storefront", "counts", TEN, f"{COUNTS}\nMUG L1 on_hand 10 10:55\nMUG L2 on_hand 4 10:55"
    )

    assert shop.run(TEN) == 1
    assert shop.one("snapshots", system="shelf", feed="counts")["status"] == "missing"
    assert shop.one("cycles")["status"] == "incomplete"
    assert find_gaps(shop) == {}


def test_missing_is_not_zero(shop: Shop) -> None:
    """The storefront says nothing of an item: that is a row that is missing, and no zero."""
    configure(shop)
    say(shop, NINE, "MUG L1 10\nCUP L1 5", "MUG L1 10\nCUP L1 5")
    say(shop, TEN, "MUG L1 10\nCUP L1 5", "MUG L1 10")

    rows = [row for row in shop.export("comparisons", "--hour", TEN) if row["sku"] == "CUP"]
    assert all(row["observed_units"] is None and row["delta_units"] is None for row in rows)
    assert find_gaps(shop) == {}


def test_drift_keeps_sign(shop: Shop) -> None:
    """Five too many and five too few are two findings, and together not nothing."""
    configure(shop)
    say(shop, TEN, "MUG L1 10\nCUP L1 10", "MUG L1 15\nCUP L1 5")

    assert find_gaps(shop) == {("MUG", "L1"): 5, ("CUP", "L1"): -5}
    assert shop.one("cycles")["matched"] == 0


def test_duplicate_key_does_not_fan_out(shop: Shop) -> None:
    """The same row twice is one number, on either side, and one comparison."""
    configure(shop)
    say(shop, TEN, "MUG L1 10\nMUG L1 10", "MUG L1 10\nMUG L1 10\nMUG L1 10")

    [row] = shop.export("comparisons", "--hour", TEN)
    assert (row["owner_units"], row["observed_units"], row["delta_units"]) == (10, 10, 0)


def test_window_gap_between_polls(shop: Shop) -> None:
    """What moved in the very instant between two hours is counted once, by whichever tells it."""
    configure(shop)
    say(shop, NINE, "MUG L1 10", "MUG L1 10")
    moved = "M1 shipment MUG L1 2 2026-04-06T10:00:00Z -"
    say(shop, TEN, "MUG L1 8", "MUG L1 8", moved)
    say(shop, ELEVEN, "MUG L1 8", "MUG L1 8", moved)

    assert find_gaps(shop) == {}
    assert shop.find("findings", kind="integrity") == []


@pytest.mark.parametrize(
    ("returns", "decision"), [(0, "auto"), (1, "auto"), (2, "flagged"), (9, "flagged")]
)
def test_correction_loop_terminates(returns: int, decision: str) -> None:
    [ruling] = decide([gap(recurrence=returns + 1)], situation(), LIMITED)
    assert ruling.decision == decision


@pytest.mark.parametrize("units", [6, -6, 1_000])
@pytest.mark.parametrize("changed", [{}, {"confidence": 1.0}, {"cause": "double_decrement"}])
def test_six_units_never_auto_applied(units: int, changed: dict[str, Any]) -> None:
    generous = Assistant(mode="limited", max_units=5)
    [ruling] = decide([gap(units, **changed)], situation(active_skus=10**6), generous)
    assert ruling.decision == "flagged"
    with pytest.raises(ValueError, match="may be lowered, never raised"):
        Assistant(mode="limited", max_units=6)


def test_581_products_trip_the_breaker() -> None:
    rows = [gap(1, sku=f"S-{number}") for number in range(581)]
    rulings = decide(rows, situation(active_skus=10**6), LIMITED)
    assert {ruling.decision for ruling in rulings} == {"suspended"}
    assert all(ruling.is_storm for ruling in rulings)


def test_no_issue_day_still_sends_mail(shop: Shop) -> None:
    configure(shop, more="mail: {to: [ops@example.com], from: pipeline@example.com}\n")
    say(shop, TEN, "MUG L1 10", "MUG L1 10")
    shop.do("report", "--date", "2026-04-06", "--send")
    [mail] = (shop.folder / "local" / "mails").glob("*.eml")
    subject = message_from_bytes(mail.read_bytes(), policy=default)["Subject"]
    assert "0 gaps" in subject


def test_stale_source_blocks_all_clear(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    """The storefront's file is there and tells of yesterday: nothing is said to be clear."""
    configure(shop)
    shop.drop("shelf", "counts", TEN, f"{COUNTS}\nMUG L1 on_hand 10 10:55")
    shop.drop("storefront", "counts", TEN, f"{COUNTS}\nMUG L1 on_hand 10 2026-04-05T01:00:00Z")
    shop.drop("shelf", "movements", TEN, MOVEMENTS)
    shop.run(TEN)
    assert shop.one("snapshots", system="storefront")["status"] == "late"
    shop.do("report", "--date", "2026-04-06")
    assert "ALL CLEAR" not in capsys.readouterr().out.splitlines()[0]

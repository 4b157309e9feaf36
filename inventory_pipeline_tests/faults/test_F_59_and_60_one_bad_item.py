"""F-59 and F-60: one item that cannot be written holds back nobody but itself."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from inventory_pipeline.errors import SourceContractError
from inventory_pipeline.model.delivery import Answer, Line, answer_all
from inventory_pipeline.store.journal import open_journal
from inventory_pipeline_tests.support.outbox import Office
from inventory_pipeline_tests.support.real_office import in_memory, working
from inventory_pipeline_tests.support.receiver import Receiver

PLACE = ("S-1", "MAIN", "available")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with open_journal(tmp_path / "journal.sqlite") as journal:
        yield Office(journal)


@pytest.mark.parametrize("kind", ["rest", "graphql", "sqlite", "files"])
def test_F_59_the_others_of_a_batch_are_delivered_and_one_is_dead(
    tmp_path: Path, kind: str
) -> None:
    with working(kind, tmp_path, {"A1": 10, "A2": 10}) as desk:
        told = {sku: desk.tell(sku) for sku in ("A1", "gone", "A2")}
        desk.deliver(4)

        receipts = {sku: desk.find(receipt_id) for sku, receipt_id in told.items()}
        states = {sku: (row["state"], row["waits_for"]) for sku, row in receipts.items()}
        assert states == {
            "A1": ("confirmed", ""), "gone": ("dead", "person"), "A2": ("confirmed", "")
        }  # fmt: skip
        assert (desk.target.show("A1"), desk.target.show("A2")) == (15, 15)
        assert all(row["evidence"] for row in receipts.values())
        # A file is handed over once and asked after once.
        assert receipts["gone"]["attempts"] == (2 if kind == "files" else 1)
        [told_of] = desk.ask("select * from audit where kind = 'receipt'")
        assert told_of["subject"] == told["gone"]


class Silent(Receiver):
    """Takes a request whole or not at all, and never says which line is wrong."""

    def _apply(self, lines: Sequence[Line], fault: str) -> Answer:  # type: ignore[override]
        if len(lines) > 1 and any(line.item_id in self.refuses for line in lines):
            return answer_all(lines, "unapplied", "one of them is wrong")
        return super()._apply(lines, fault)  # type: ignore[arg-type]


def test_F_59_a_batch_that_names_no_line_is_taken_apart(office: Office) -> None:
    skus = [f"S-{number}" for number in range(5)]
    levels = {(sku, "MAIN", "available"): 6 for sku in skus}
    shop = Silent("A", lambda: office.now, levels=levels, refuses={"S-3"})
    office.receivers["shop"] = shop
    receipts = {sku: office.tell("restock", 8, sku=sku)[0] for sku in skus}
    for _ in range(4):
        office.deliver()
        office.pass_minutes()

    states = office.read_states()
    assert {sku: states[receipt_id] for sku, receipt_id in receipts.items()} == {
        **dict.fromkeys(skus, "confirmed"), "S-3": "dead"
    }  # fmt: skip
    assert [shop.levels[sku, "MAIN", "available"] for sku in skus] == [14, 14, 14, 6, 14]
    assert max(shop.effects.values()) == 1


def test_F_60_what_is_refused_for_ever_is_dead_and_the_queue_flows(office: Office) -> None:
    shop = in_memory(office)
    shop.levels["S-2", "MAIN", "available"] = 6
    shop.refuses = {"S-1"}
    [gone] = office.tell("restock", 8, sku="S-1")
    [behind] = office.tell("sale", -1, sku="S-1")
    [other] = office.tell("restock", 8, sku="S-2")
    done = office.deliver()
    office.pass_minutes()
    office.deliver()

    receipt = office.find(gone)
    assert (receipt["state"], receipt["waits_for"]) == ("dead", "person")
    assert receipt["evidence"] == "no such item"
    assert receipt["attempts"] == 1
    assert done is not None
    assert done.needs_a_person
    assert office.read_states()[other] == "confirmed"
    assert shop.levels == {PLACE: 6, ("S-2", "MAIN", "available"): 14}
    # Its own key waits: what comes after it might depend on it.
    assert office.read_states()[behind] == "created"


def test_F_60_a_number_that_is_set_later_frees_the_key_of_a_dead_receipt(office: Office) -> None:
    shop = in_memory(office)
    shop.refuses = {"S-1"}
    [gone] = office.tell("restock", 8)
    [behind] = office.tell("sale", -1)
    office.deliver()
    shop.refuses = set()
    [newest] = office.tell("count", 9, operation="set", before=6)
    office.deliver()

    states = office.read_states()
    assert (states[gone], states[behind]) == ("superseded", "superseded")
    assert (states[newest], shop.levels[PLACE]) == ("confirmed", 9)
    assert office.find(gone)["evidence"] == f"replaced by {newest}, which sets the number"


class Poisoned(Receiver):
    """Breaks on one item, every time, before it does anything."""

    def send(self, lines: Sequence[Line], key: str, body: bytes) -> Answer:
        if any(line.item_id == "S-1" for line in lines):
            self.requests += 1
            return answer_all(lines, "ambiguous", "500")
        return super().send(lines, key, body)


def test_F_60_an_item_on_which_the_receiver_breaks_does_not_stop_the_others(
    office: Office,
) -> None:
    skus = [f"S-{number}" for number in range(1, 9)]
    levels = {(sku, "MAIN", "available"): 6 for sku in skus}
    shop = Poisoned("A", lambda: office.now, levels=levels, max_lines=1)
    office.receivers["shop"] = shop
    receipts = {
        sku: office.tell("restock", 14, operation="set", before=6, sku=sku)[0] for sku in skus
    }
    for _ in range(2):
        office.deliver()
        office.pass_minutes()

    states = office.read_states()
    assert [states[receipts[sku]] for sku in skus] == ["uncertain", *["confirmed"] * 7]
    for _ in range(60):
        office.deliver()
        office.pass_minutes()
    receipt = office.find(receipts["S-1"])
    assert (receipt["state"], receipt["waits_for"]) == ("dead", "person")
    assert shop.levels[PLACE] == 6


class Broken(Receiver):
    """A connector with a fault of its own."""

    def read(self, lines: Sequence[Line]) -> dict[str, int | None]:
        raise KeyError("levels")

    def encode(self, lines: Sequence[Line], key: str) -> bytes:
        if any(line.item_id == "S-1" for line in lines):
            raise TypeError("this item cannot be worded")
        return super().encode(lines, key)


@pytest.mark.parametrize("delivery_class", ["A", "C"])
def test_F_60_a_connector_that_breaks_holds_up_no_other_system(
    office: Office, delivery_class: str
) -> None:
    good = in_memory(office)
    office.receivers["apart"] = Broken(
        delivery_class,  # type: ignore[arg-type]
        lambda: office.now, levels={PLACE: 6},
    )  # fmt: skip
    told = {"operation": "set", "before": 6, "systems": ["apart"]}
    [bad] = office.tell("restock", 14, **told)  # type: ignore[arg-type]
    [well] = office.tell("restock", 8, systems=["shop"])
    done = office.deliver()

    assert office.read_states()[well] == "confirmed"
    assert good.levels[PLACE] == 14
    assert done is not None
    receipt = office.find(bad)
    if delivery_class == "A":
        assert (receipt["state"], receipt["waits_for"]) == ("dead", "person")
        assert str(receipt["evidence"]).endswith("the connector cannot word it: TypeError")
    else:
        assert (receipt["state"], receipt["attempts"]) == ("created", 0)
        assert "the connector broke while reading: KeyError" in str(receipt["evidence"])


class Odd(Receiver):
    """Shows a number that is none for one item, whatever else is asked for with it."""

    def read(self, lines: Sequence[Line]) -> Mapping[str, int | None]:
        if any(line.item_id == "S-1" for line in lines):
            raise SourceContractError("it shows '1.5'", system="shop")
        return super().read(lines)


def test_F_60_an_item_whose_number_cannot_be_read_does_not_stop_the_others(
    office: Office,
) -> None:
    skus = [f"S-{number}" for number in range(1, 7)]
    levels = {(sku, "MAIN", "available"): 6 for sku in skus}
    office.receivers["shop"] = shop = Odd("C", lambda: office.now, levels=levels)
    shop.operations = frozenset({"set"})
    receipts = {sku: office.tell("restock", 8, sku=sku)[0] for sku in skus}
    office.deliver()

    states = office.read_states()
    assert [states[receipts[sku]] for sku in skus] == ["created", *["confirmed"] * 5]
    assert list(shop.levels.values()) == [6, *[14] * 5]
    assert "it shows '1.5'" in str(office.find(receipts["S-1"])["evidence"])

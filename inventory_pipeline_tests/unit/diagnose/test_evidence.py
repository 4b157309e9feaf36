"""Evidence: frames of one hour made into cases, with what each system is known to tell."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import polars as pl
import pytest

from inventory_pipeline.config.systems import Sync
from inventory_pipeline.diagnose.case import Case, Rule, Stray
from inventory_pipeline.diagnose.effects import choose_effects
from inventory_pipeline.diagnose.evidence import Evidence, Standing, build_cases
from inventory_pipeline.diagnose.standing import find_standings
from inventory_pipeline.diagnose.step import NOTHING_SENT
from inventory_pipeline_tests.support.cases import KEEPS, SELLS, at
from inventory_pipeline_tests.support.pictures import settle, stock

KEY = {"mirror": "shop", "fact": "on_hand", "key_id": 7}


def frame(*rows: dict[str, Any], **columns: Any) -> pl.DataFrame:
    return pl.DataFrame(rows, schema_overrides=columns) if rows else pl.DataFrame(schema=columns)


def case_row(**changes: Any) -> dict[str, Any]:
    return KEY | {
        "finding_id": "F-1", "kind": "gap", "class": "sync_drift", "subject": "", "sku": "A",
        "location_id": "MAIN", "owner": "shelf", "delta_units": -3,
    } | changes  # fmt: skip


def hour(clock: str, owner: int, observed: int, delta: int, **changes: Any) -> dict[str, Any]:
    return KEY | {
        "hour_at": at(clock), "mirror_at": at(clock) + timedelta(minutes=55),
        "owner_at": at(clock) + timedelta(minutes=55), "owner_units": owner,
        "observed_units": observed, "delta_units": delta, "in_flight_units": 0, "lag_units": 0,
        "committed_units": None,
    } | changes  # fmt: skip


def move(clock: str, kind: str, units: int, name: str, **changes: Any) -> dict[str, Any]:
    return {
        "key_id": 7, "movement_id": name, "system": "shelf", "kind": kind, "units": units,
        "in_force_at": at(clock), "told_at": at(clock), "reference_id": "", "cause_id": "",
        "actor": "", "disposition": "", "destination_id": "", "role": "wms",
    } | changes  # fmt: skip


def log_row(clock: str, units: int, name: str, **changes: Any) -> dict[str, Any]:
    return KEY | {
        "change_id": name, "operation": "add", "units": units, "changed_at": at(clock),
        "reference_id": None, "actor": None, "source_at": None, "sequence": None,
    } | changes  # fmt: skip


def event(name: str, **changes: Any) -> dict[str, Any]:
    return {
        "key_id": 7, "event_id": name, "path": "corrections", "operation": "add", "units": 3,
        "emitted_at": at("9:00"), "processed_at": None, "attempt": 1, "status": "queued",
        "reference_id": None, "idempotency_key": None, "sequence": None,
    } | changes  # fmt: skip


HOURS = (hour("8:00", 20, 20, 0), hour("9:00", 23, 20, -3))
FEEDS = (("shelf", "movements"), ("shop", "levels"), ("hub", "events"), ("hub", "changes"))
MOVE = move("9:05", "receipt", 3, "W1")


def feeds(*told: tuple[str, str], silent: tuple[tuple[str, str], ...] = ()) -> pl.DataFrame:
    rows = [{"system": s, "feed": f, "heard_hours": 5} for s, f in told]
    rows += [{"system": s, "feed": f, "heard_hours": 0} for s, f in silent]
    return pl.DataFrame(
        rows, schema={"system": pl.String, "feed": pl.String, "heard_hours": pl.Int64}
    )


def build(standing: Standing | None = None, **changes: Any) -> Case:
    moves = frame(MOVE)
    known: dict[str, Any] = {
        "cases": frame(case_row()), "series": frame(*HOURS), "moves": moves,
        "incoming": moves.clear(), "log": frame(log_row("9:06", 3, "L1")).clear(),
        "messages": frame(event("E1")).clear(), "feeds": feeds(*FEEDS),
        "changes": frame(changed_at=pl.Datetime("us", "UTC"), system=pl.String, kind=pl.String,
                         subject=pl.String, before=pl.String, after=pl.String, actor=pl.String),
        "silences": frame(system=pl.String, feed=pl.String, hour_at=pl.Datetime("us", "UTC")),
        "crowds": frame(mirror=pl.String, minute_at=pl.Datetime("us", "UTC"), key_count=pl.Int64),
        "additions": frame(mirror=pl.String),
        "namesakes": frame(reference_id=pl.String, key_id=pl.Int64, kind=pl.String,
                           other_sku=pl.String),
        "strays": frame(mirror=pl.String, key_id=pl.Int64, movement_id=pl.String, sku=pl.String,
                        location_id=pl.String),
        "ours": NOTHING_SENT,
        "closed": frame(x=pl.Int64),
    }  # fmt: skip
    evidence = Evidence(**(known | changes))
    [built] = build_cases(evidence, {("shop", "on_hand", 7): standing or Standing(KEEPS)})
    return built


def test_a_case_holds_the_series_and_the_movements_of_its_own_key() -> None:
    other = move("9:05", "receipt", 9, "W9", key_id=8)
    stranger = hour("10:00", 1, 1, 0, mirror="erp")

    built = build(series=frame(*HOURS, stranger), moves=frame(MOVE, other))

    assert [(p.owner, p.expected, p.observed, p.delta) for p in built.points] == [
        (20, 20, 20, 0), (23, 23, 20, -3)
    ]  # fmt: skip
    assert [(m.movement_id, m.effect) for m in built.moves or ()] == [("W1", 3)]
    assert (built.delta, built.sku, built.owner, built.log) == (-3, "A", "shelf", ())
    assert (built.messages, built.changes, built.has_ids) == ((), (), False)


@pytest.mark.parametrize(
    ("lost", "name"),
    [(("shop", "levels"), "log"), (("hub", "events"), "messages"), (("hub", "changes"), "changes")],
)
def test_a_feed_that_nobody_gives_is_none_and_one_that_was_never_heard_as_well(
    lost: tuple[str, str], name: str
) -> None:
    rest = [feed for feed in FEEDS if feed != lost]

    assert getattr(build(feeds=feeds(*rest)), name) is None
    assert getattr(build(feeds=feeds(*rest, silent=(lost,))), name) is None
    assert getattr(build(), name) is not None
    assert getattr(build(feeds=feeds(*rest, ("other", "levels"))), name) is None


def test_movements_are_inferred_only_where_the_owner_tells_of_none() -> None:
    nothing = frame(MOVE).clear()

    silent = build(moves=nothing, feeds=feeds(*FEEDS[1:]))
    told = build(moves=nothing)
    kept = build(feeds=feeds(*FEEDS[1:]))

    assert [(m.kind, m.effect) for m in silent.moves or ()] == [("inferred", 3)]
    assert told.moves == ()
    assert [m.kind for m in kept.moves or ()] == ["receipt"]


def test_corrections_of_ours_are_told_apart_by_whether_they_arrived() -> None:
    done = event("E2", reference_id="r2", units=5, processed_at=at("9:30"), status="processed")

    built = build(messages=frame(event("E1", reference_id="r1"), done))

    assert (built.receipts, built.sent) == ((("r1", 3),), (("r2", 5),))


def test_silent_hours_of_the_log_and_of_the_owner_s_movements_are_known() -> None:
    rows = [("shop", "levels", 5), ("shelf", "movements", 3), ("shelf", "movements", 5),
            ("shop", "movements", 6), ("erp", "levels", 7)]  # fmt: skip
    told = pl.DataFrame([(s, f, at(f"{h}:00")) for s, f, h in rows],
                        schema=["system", "feed", "hour_at"], orient="row")  # fmt: skip

    assert build(silences=told).silent_at == (at("3:00"), at("5:00"))


def test_what_the_mirror_s_whole_log_tells_is_known_to_each_case() -> None:
    additions = frame(
        {"mirror": "shop", "named_count": 4, "addition_count": 9, "addition_heard_at": at("9:30"),
         "heard_until": at("9:50")},
        {"mirror": "erp", "named_count": 0, "addition_count": 1, "addition_heard_at": at("3:00"),
         "heard_until": at("3:00")},
    )  # fmt: skip
    crowds = frame({"mirror": "shop", "minute_at": at("9:06"), "key_count": 12},
                   {"mirror": "erp", "minute_at": at("9:07"), "key_count": 3})  # fmt: skip

    built = build(additions=additions, crowds=crowds)

    assert (built.has_ids, built.additions_heard) == (True, 9)
    assert (built.addition_heard_at, built.heard_until) == (at("9:30"), at("9:50"))
    assert built.crowd == {at("9:06"): 12}
    assert (build().additions_heard, build().heard_until) == (0, None)


def test_what_a_mirror_wrote_to_another_key_is_known_to_its_own_case() -> None:
    told = {"mirror": "shop", "key_id": 7, "movement_id": "W1", "sku": "B", "location_id": "EAST"}
    other = told | {"mirror": "erp", "sku": "C"}
    beside = told | {"key_id": 8, "sku": "D"}

    assert build(strays=frame(told, other, beside)).strays == (Stray("W1", "B", "EAST"),)


def names(*rows: tuple[str, str, str]) -> pl.DataFrame:
    return frame(*({"reference_id": r, "key_id": 7, "kind": k, "other_sku": s} for r, k, s in rows))


@pytest.mark.parametrize(
    ("rows", "sku"),
    [
        ([("O-1", "order_placed", "SET")], "SET"),
        ([("O-1", "order_placed", "SET"), ("O-1", "order_placed", "BOX")], ""),
        ([("O-1", "shipment", "SET")], ""),
        ([("O-2", "order_placed", "SET")], ""),
        ([("C-1", "order_placed", "SET")], "SET"),
    ],
)
def test_a_shipment_names_the_one_other_item_that_was_ordered(
    rows: list[tuple[str, str, str]], sku: str
) -> None:
    shipped = move("9:05", "shipment", 3, "W1", reference_id="O-1", cause_id="C-1")
    received = move("9:06", "receipt", 3, "W2", reference_id="O-1")

    built = build(moves=frame(shipped, received), namesakes=names(*rows))

    assert [m.other_sku for m in built.moves or ()] == [sku, ""]


def test_who_wrote_a_row_and_where_goods_went_is_kept() -> None:
    told = frame(log_row("9:06", 3, "L1", actor="ann"), log_row("9:07", 3, "L2"))
    sent = move("9:05", "transfer_out", 3, "W1", destination_id="EAST", actor="bob")

    built = build(log=told, moves=frame(sent))

    assert [row.actor for row in built.log or ()] == ["ann", ""]
    assert [(m.destination_id, m.actor) for m in built.moves or ()] == [("EAST", "bob")]


@pytest.mark.parametrize(
    ("rows", "sku", "kinds"),
    [
        ([("X1", "shipment", "B")], "B", ("shipment",)),
        ([("X1", "shipment", "B"), ("X1", "receipt", "B")], "B", ("receipt", "shipment")),
        ([("X1", "shipment", "B"), ("X1", "shipment", "C")], "", ("shipment",)),
        ([("X2", "shipment", "B")], "", ()),
    ],
)
def test_a_row_of_the_log_names_the_one_other_item_its_reference_is_of(
    rows: list[tuple[str, str, str]], sku: str, kinds: tuple[str, ...]
) -> None:
    told = frame(log_row("9:06", 3, "L1", reference_id="X1"))

    [row] = build(log=told, namesakes=names(*rows)).log or ()

    assert (row.other_sku, row.other_kinds, row.reference_id) == (sku, kinds, "X1")


def test_the_delay_is_the_path_s_and_what_the_clock_of_a_batch_adds() -> None:
    sync = Sync(trigger="batch", every=timedelta(hours=4))
    batch = Standing(KEEPS, sync=sync, path_delay=timedelta(minutes=5))

    assert build(batch).delay == timedelta(hours=2)
    assert build(batch, series=frame(*HOURS).clear()).delay == timedelta(minutes=5)
    assert build(Standing(KEEPS, path_delay=timedelta(minutes=5))).delay == timedelta(minutes=5)


def test_promises_nobody_counts_are_the_open_orders_where_orders_are_told_at_all() -> None:
    ordered = move("9:05", "order_placed", 4, "S1", system="shop")

    told = build(Standing(SELLS, orders_owner="shop"), moves=frame(MOVE, ordered))
    counted = build(
        Standing(SELLS, orders_owner="shop"), moves=frame(MOVE, ordered),
        series=frame(*(h | {"committed_units": 7} for h in HOURS)),
    )  # fmt: skip

    assert [p.committed for p in told.points] == [0, 4]
    assert [p.committed for p in counted.points] == [7, 7]
    assert [p.committed for p in build().points] == [None, None]


ORDERS = Rule(("on_hand",), "order")


def effects(*rows: dict[str, Any], rule: Rule = ORDERS, owner: str = "shelf",
            orders: str = "shop") -> list[tuple[int, int, bool]]:  # fmt: skip
    told = choose_effects(rows, rule, owner=owner, orders_owner=orders)
    return [(m.effect, m.owner_effect, m.is_own) for m in told]


SHIPPED = move("9:20", "shipment", 3, "W1", reference_id="O-1")
ORDERED = move("9:05", "order_placed", 3, "S1", system="shop", reference_id="O-1")


@pytest.mark.parametrize(
    ("rows", "rule", "wanted"),
    [
        ((ORDERED, SHIPPED), ORDERS, [(-3, 0, True), (0, -3, True)]),
        ((ORDERED, SHIPPED), SELLS, [(-3, 0, True), (0, -3, True)]),
        ((ORDERED, SHIPPED), KEEPS, [(0, 0, True), (-3, -3, True)]),
        ((SHIPPED,), ORDERS, [(-3, -3, True)]),
        ((ORDERED | {"reference_id": "O-2"}, SHIPPED), ORDERS, [(-3, 0, True), (-3, -3, True)]),
        ((ORDERED | {"system": "mall"}, SHIPPED), ORDERS, [(0, 0, False), (-3, -3, True)]),
        ((move("9:05", "pos_sale", 2, "P1"),), ORDERS, [(-2, -2, True)]),
        ((MOVE | {"system": "erp"}, MOVE), KEEPS, [(0, 0, False), (3, 3, True)]),
        ((MOVE | {"system": "erp"},), KEEPS, [(3, 3, True)]),
        ((move("9:05", "transfer_incoming", 2, "T1"),), KEEPS, [(0, 0, True)]),
        ((move("9:05", "return_received", 2, "R1", disposition="Good"),), KEEPS, [(2, 2, True)]),
        ((move("9:05", "return_received", 2, "R1", disposition="torn"),), KEEPS, [(0, 0, True)]),
    ],
)
def test_a_movement_counts_once_by_the_owner_of_what_it_changes(
    rows: tuple[dict[str, Any], ...], rule: Rule, wanted: list[tuple[int, int, bool]]
) -> None:
    assert effects(*rows, rule=rule) == wanted


def test_who_tells_of_most_orders_owns_them_where_nobody_is_named() -> None:
    mall = ORDERED | {"system": "mall", "movement_id": "S2"}

    assert effects(ORDERED, mall, mall, orders="") == [
        (0, 0, False), (-3, 0, True), (-3, 0, True)
    ]  # fmt: skip
    assert effects(ORDERED, mall, orders="") == [(0, 0, False), (-3, 0, True)]


def test_a_standing_is_the_configuration_s_word_on_one_mirror_and_item() -> None:
    facts = {"on_hand": {"owner": "shelf"}, "committed": {"owner": "shop"}}
    mirror = {
        "system": "shop", "fact": "available",
        "expects": "greatest(0, on_hand - committed - safety_stock)",
    }  # fmt: skip
    paths = [
        {"path": "a", "source": "shelf", "target": "shop", "max_delay": "5m"},
        {"path": "b", "source": "shelf", "target": "shop", "max_delay": "20m"},
        {"path": "c", "source": "erp", "target": "shop", "max_delay": "50m"},
        {"path": "d", "source": "shelf", "target": "erp", "max_delay": "50m"},
    ]
    asked = settle(facts=facts, mirrors=[mirror], handoffs=paths)
    rows = frame(case_row(fact="available"), case_row(fact="reserved"))

    found = find_standings(rows, asked, stock({"sku": "A", "safety_stock": 4}))

    [(key, standing)] = found.items()
    rule = standing.rule
    assert key == ("shop", "available", 7)
    assert rule.names == ("on_hand", "committed")
    assert (rule.safety, rule.takes_safety, rule.is_clamped) == (4, True, True)
    assert rule.moment == "order"
    assert (rule.is_batch, rule.role, rule.owner_role) == (False, "storefront", "wms")
    assert (standing.orders_owner, standing.path_delay) == ("shop", timedelta(minutes=20))
    plain = replace(rule, safety=0, takes_safety=False, is_clamped=False)
    simple = settle(mirrors=[mirror | {"expects": "on_hand"}])
    [other] = find_standings(rows, simple, stock({"sku": "B"})).values()
    assert other.rule == replace(plain, names=("on_hand",))
    assert (other.orders_owner, other.path_delay) == ("", timedelta())


def receipt(name: str, units: int, *, cause: str = "", is_correction: bool = True) -> pl.DataFrame:
    row = {
        "mirror": "shop", "fact": "on_hand", "key_id": 7, "receipt_id": name,
        "reference": f"gid://inventory-pipeline/Receipt/{name}", "cause_id": cause,
        "is_correction": is_correction, "units": units, "left_at": at("9:10"),
        "arrived_at": at("9:20"),
    }  # fmt: skip
    return pl.DataFrame([row], schema=NOTHING_SENT.schema)


@pytest.mark.parametrize("reference", ["R-1", "gid://inventory-pipeline/Receipt/R-1"])
def test_a_correction_that_the_outbox_sent_is_ours_however_the_log_names_it(reference: str) -> None:
    row = {**log_row("9:20", 3, "L1"), "reference_id": reference}

    built = build(log=frame(row), ours=receipt("R-1", 3))

    assert built.sent == (("R-1", 3),)
    assert [r.reference_id for r in built.log or ()] == ["R-1"]
    assert built.receipts == ()


def test_what_told_of_a_movement_is_that_movements() -> None:
    row = {**log_row("9:20", 3, "L1"), "reference_id": "R-1"}

    told = build(log=frame(row), ours=receipt("R-1", 3, cause="W1", is_correction=False))

    assert [r.reference_id for r in told.log or ()] == ["W1"]
    assert told.sent == ()


def test_a_correction_of_another_number_says_nothing_of_this_one() -> None:
    other = receipt("R-1", 3).with_columns(mirror=pl.lit("erp"))
    row = {**log_row("9:20", 3, "L1"), "reference_id": "R-1"}

    built = build(log=frame(row), ours=other)

    assert built.sent == ()
    assert [r.reference_id for r in built.log or ()] == ["R-1"]

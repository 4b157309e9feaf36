"""What surrounds a verdict: exhibit, plan, lean, and what must be said beside the cause."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from inventory_pipeline.config.models import Settings
from inventory_pipeline.diagnose.case import Case, Change
from inventory_pipeline.diagnose.checklist import Logs, build_checklist
from inventory_pipeline.diagnose.claim import Claim
from inventory_pipeline.diagnose.exhibit import (
    build_exhibit,
    find_certainty,
    find_records,
    find_responsible,
)
from inventory_pipeline.diagnose.indicators import Signs, Surroundings, find_signs
from inventory_pipeline.diagnose.plan import Book, Inquiry, build_plan
from inventory_pipeline.diagnose.records import build_messages
from inventory_pipeline.diagnose.rewording import find_faults
from inventory_pipeline.diagnose.spells import Spell
from inventory_pipeline.diagnose.telling import (
    Background,
    build_background,
    find_lean,
    plan_case,
    tell,
)
from inventory_pipeline.diagnose.trace import build_traces
from inventory_pipeline.diagnose.verdict import Verdict, find_steps, judge, render_row
from inventory_pipeline.diagnose.words import render_gap, render_record, show
from inventory_pipeline_tests.support.cases import DAY, SELLS, at, case

ZONE = ZoneInfo("America/New_York")
LOST = case(
    "8 20 20 20\n9 28 28 20\n16 28 28 20",
    "07:10 shelf receipt 1 W0\n09:05 shelf receipt 8 W1 PO-1",
    "07:12 add 1 L0 W0 sync",
    changes=(),
)


def settle(**changes: Any) -> Settings:
    known = {
        "business": {"name": "Test", "time_zone": "America/New_York"},
        "systems": {
            "shelf": {"role": "wms", "connector": "files"},
            "erp": {"role": "erp", "connector": "files"},
            "hub": {"role": "middleware", "connector": "files"},
            "storefront": {"role": "storefront", "connector": "files", "decrements_at": "order"},
            "mall": {"role": "marketplace", "connector": "files"},
        },
        "facts": {"on_hand": {"owner": "shelf"}},
        "mirrors": [
            {"system": "erp", "fact": "on_hand", "expects": "on_hand"},
            {"system": "storefront", "fact": "available", "expects": "on_hand"},
        ],
    }
    return Settings.model_validate(known | changes)


def behind(**changes: Any) -> Background:
    known: dict[str, Any] = {
        "settings": settle(), "hour_at": at("16:00"), "sides": {}, "readings": {}, "gaps": {},
    }  # fmt: skip
    return Background(**(known | changes))


def verdict(*causes: str, confidence: float = 0.9, asked: Case = LOST) -> Verdict:
    claims = tuple(Claim(cause, -8, at("9:05"), 1.0, ids=("W1",)) for cause in causes)
    name = causes[0] if causes else "unknown"
    return Verdict(asked, name, confidence, ("a doubt",), claims, (), "T2")


def test_an_exhibit_holds_both_clocks_the_records_and_how_much_was_looked_at() -> None:
    sides = {"delta_units": -8, "observed_units": 20, "expected_units": 28, "owner_units": 28}

    told = build_exhibit(judge(LOST, {}), sides, zone=ZONE, responsible="ann")

    assert told["gap"] == {
        "mirror": "storefront", "owner": "shelf", "fact": "available", **sides,
        "at": "2026-04-06T16:55:00+00:00", "local": "2026-04-06 12:55 EDT",
    }  # fmt: skip
    assert told["records"] == [
        {"id": "W1", "system": "shelf", "kind": "receipt", "units": 8, "reference_id": "PO-1",
         "at": "2026-04-06T09:05:00+00:00", "local": "2026-04-06 05:05 EDT"}
    ]  # fmt: skip
    assert told["looked_at"] == {"hours": 3, "movements": 2, "log_rows": 1}
    assert (told["certainty"], told["responsible"], told["tier"]) == ("proven", "ann", "T2")
    assert told["path"][0] == "shelf:receipt"
    assert told["claims"] == [
        {"cause": "movement_dropped", "units": -8, "ids": ["W1"], "facts": {}}
    ]


def test_a_finding_without_a_series_tells_no_time_and_counts_nothing_it_lacks() -> None:
    bare = case("", heard=None)

    told = build_exhibit(verdict(asked=bare), {}, zone=ZONE, responsible="")

    assert told["gap"]["delta_units"] == 0
    assert "at" not in told["gap"]
    assert (told["looked_at"], told["path"], told["records"]) == ({}, [], [])


@pytest.mark.parametrize(
    ("confidence", "word"), [(0.7, "likely"), (0.69, "possible"), (0.99, "likely")]
)
def test_a_sentence_is_as_sure_as_its_verdict(confidence: float, word: str) -> None:
    assert find_certainty(verdict("movement_dropped", confidence=confidence)) == word


def test_of_a_compound_each_fault_shows_a_record_before_any_shows_a_second() -> None:
    change = Change(at("9:00"), "storefront", "safety_stock", "A", "5", "8", "ops")
    asked = replace(LOST, changes=(change,), receipts=(("r1", 8),), sent=(("r2", 3),))
    name = "storefront:safety_stock:A"
    claims = [
        Claim("a", 1, None, 1.0, ids=("L0", "W0", "nobody")),
        Claim("b", 1, None, 1.0, ids=("nobody", name, "r1")),
        Claim("c", 1, None, 1.0, ids=("r2",)),
    ]

    first = find_records(asked, claims, ZONE)
    second = find_records(asked, claims[1:2], ZONE)

    assert [r["id"] for r in first] == ["L0", name, "r2"]
    assert (first[0]["actor"], first[0]["system"], first[0]["kind"]) == (
        "sync",
        "storefront",
        "add",
    )
    assert (first[1]["before"], first[1]["after"], first[1]["units"]) == ("5", "8", None)
    assert [(r["id"], r["units"]) for r in second] == [(name, None), ("r1", 8)]


def test_the_path_from_the_owner_has_the_first_word_on_who_mends_it() -> None:
    paths = [
        {"path": "a", "source": "erp", "target": "storefront", "responsible": "bob"},
        {"path": "b", "source": "shelf", "target": "storefront", "responsible": "ann"},
        {"path": "c", "source": "shelf", "target": "erp", "responsible": "cat"},
    ]
    asked = settle(handoffs=paths)

    assert find_responsible(asked, owner="shelf", mirror="storefront") == "ann"
    assert find_responsible(asked, owner="hub", mirror="storefront") == "bob"
    assert find_responsible(asked, owner="shelf", mirror="mall") == ""


def test_a_row_of_the_verdict_adds_up_to_the_gap() -> None:
    row = render_row(judge(LOST, {}))
    unknown = render_row(judge(case("8 20 20 20\n9 20 20 27\n10 20 20 13", "", ""), {}))

    assert (row["explained_units"], row["unexplained_units"], row["correction_units"]) == (-8, 0, 8)
    assert (row["cause"], row["is_proven"], row["also"]) == ("movement_dropped", True, "[]")
    assert (unknown["explained_units"], unknown["unexplained_units"]) == (0, -7)
    assert unknown["correction_units"] is None


NO_SIGNS, OURS = Signs(), Signs(integration=("same_pattern",))


@pytest.mark.parametrize(
    ("causes", "confidence", "signs", "lean"),
    [
        (("movement_dropped",), 0.9, NO_SIGNS, "integration"),
        (("manual_edit_mirror",), 0.9, NO_SIGNS, "process"),
        (("manual_edit_mirror",), 0.9, OURS, "process"),
        (("manual_edit_mirror",), 0.5, OURS, "integration"),
        (("manual_edit_mirror",), 0.5, NO_SIGNS, "process"),
        (("movement_dropped", "manual_edit_mirror"), 0.9, NO_SIGNS, "mixed"),
        (("in_flight",), 0.9, NO_SIGNS, "unknown"),
        ((), 0.9, NO_SIGNS, "unknown"),
        ((), 0.9, OURS, "integration"),
    ],
)
def test_a_likely_cause_decides_the_lean_and_a_guess_does_not_outvote_the_signs(
    causes: tuple[str, ...], confidence: float, signs: Signs, lean: str
) -> None:
    assert find_lean(verdict(*causes, confidence=confidence), signs) == lean


def tell_one(said: Verdict, **changes: Any) -> dict[str, Any]:
    [row] = tell([said], [7], behind(**changes))
    return json.loads(row["evidence"]) | {"sentence": row["sentence"]}


def spells(days: int, *, until: int = 6) -> list[Spell]:
    """Return spells that opened at noon of so many days running."""
    last = DAY.replace(day=until, hour=16)
    return [
        Spell(last - timedelta(days=n), last - timedelta(days=n) + timedelta(hours=2))
        for n in reversed(range(days))
    ]


@pytest.mark.parametrize(("days", "is_design"), [(3, True), (2, False), (4, True)])
def test_what_came_back_three_days_running_is_a_fault_of_the_design(
    days: int, is_design: bool
) -> None:
    told = tell_one(verdict("movement_dropped"), spells={"F-1": spells(days)})

    assert told.get("is_design_fault", False) is is_design
    assert told.get("returns") == (days if is_design else None)
    assert (f"{days} days running" in told["sentence"]) is is_design


@pytest.mark.parametrize(
    ("rate", "causes", "is_masked"),
    [
        (0.5, ("manual_edit_mirror",), True), (0.02, ("manual_edit_mirror",), False),
        (None, ("manual_edit_mirror",), False), (0.5, ("movement_dropped", "unit_factor"), False),
        (0.5, (), False),
    ],
)  # fmt: skip
def test_what_people_do_by_hand_only_masks_where_too_many_items_drift(
    rate: float | None, causes: tuple[str, ...], is_masked: bool
) -> None:
    told = tell_one(verdict(*causes), drift_rate=rate)

    assert told.get("is_masking", False) is is_masked
    assert told.get("drift_rate") == (rate if is_masked else None)


@pytest.mark.parametrize(
    ("system", "is_named"),
    [("storefront", True), ("shelf", True), ("hub", True), ("erp", False), ("mall", False)],
)
def test_a_change_on_the_way_before_it_came_back_is_named(system: str, is_named: bool) -> None:
    first, second = spells(2)
    change = Change(second.opened_at, system, "mapping", "A", "x", "y", "ops")
    asked = replace(LOST, changes=(change,))

    told = tell_one(verdict("movement_dropped", asked=asked), spells={"F-1": [first, second]})

    assert ("returned_after" in told) is is_named
    assert ("returns_after_change" in told["signs"]["integration"]) is is_named
    if is_named:
        assert told["returned_after"]["local"] == "2026-04-06 12:00 EDT"


def test_the_plan_of_a_case_looks_at_the_other_books_and_not_at_itself() -> None:
    plan = plan_case(
        verdict(), 7, behind(readings={(7, "erp"): 28, (7, "storefront"): 20, (8, "erp"): 1})
    )

    assert [c.because for c in plan.checks if c.step == "posting_rules"] == [
        "agrees with shelf: erp 28"
    ]
    off = plan_case(verdict(), 7, behind(readings={(7, "erp"): 28}, gaps={(7, "erp"): -3}))
    assert [c.because for c in off.checks if c.step == "posting_rules"] == [
        "erp is off by -3 itself"
    ]
    assert [c.because for c in plan.checks if c.step == "trigger"] == [
        "told by event; its number is 5 min old"
    ]


def test_a_fact_that_asks_for_another_order_of_steps_is_heard() -> None:
    order = ["middleware", "trigger", "posting_rules"]
    facts = {"on_hand": {"owner": "shelf", "diagnosis_order": order}}

    plan = plan_case(verdict(), 7, behind(settings=settle(facts=facts)))

    assert [c.step for c in plan.checks] == ["authority", *order]


QUIET = Inquiry(
    mirror="storefront", owner="shelf", role="storefront", delta=-8,
    owners={"on_hand": ("shelf",)}, trigger="poll", every=timedelta(hours=4), at=at("10:55"),
    until=at("11:00"), max_age=timedelta(minutes=90), books=(Book("erp", 400),),
)  # fmt: skip


def because(step: str, **changes: Any) -> str:
    return next(c.because for c in build_plan(replace(QUIET, **changes)).checks if c.step == step)


def test_each_step_says_why_in_words_a_person_can_check() -> None:
    assert because("authority") == "one owner each: on_hand by shelf"
    assert because("authority", owners={}) == "owned by shelf"
    assert because("authority", owners={"on_hand": ()}) == "on_hand has no owner; name one"
    assert because("trigger") == "told by poll every 4 h 00 min; its number is 5 min old"
    assert because("trigger", at=at("8:29")) == (
        "its number is 2 h 31 min old, 1 h 30 min are allowed: the poll is late"
    )
    assert because("trigger", at=at("10:00")).endswith("is 1 h 00 min old")
    assert because("trigger", at=at("10:01")).endswith("is 59 min old")
    assert because("middleware", messages=9, troubled=2).startswith("2 of 9 events")
    assert because("posting_rules", role="erp", layers=(("unit_factor", "mirror"),)) == (
        "unit_factor lies elsewhere"
    )
    assert because("posting_rules", books=(Book("erp", None),)) == (
        "no other system that keeps this stock shows it"
    )


@pytest.mark.parametrize(
    ("clock", "status"), [("9:30", "pass"), ("9:29", "fail"), ("10:55", "pass")]
)
def test_a_number_may_be_just_as_old_as_allowed(clock: str, status: str) -> None:
    plan = build_plan(replace(QUIET, at=at(clock)))

    assert [c.status for c in plan.checks if c.step == "trigger"] == [status]


@pytest.mark.parametrize(
    ("changes", "suspect", "is_direct"),
    [
        ({}, "middleware", True),
        ({"delta": 0}, "", False),
        ({"role": "erp", "layers": (("x", "middleware"),)}, "middleware", False),
        ({"books": (Book("erp", 400), Book("wms2", 399, -1))}, "posting_rules", False),
        ({"books": (Book("erp", 400), Book("wms2", None))}, "middleware", True),
        ({"books": ()}, "", False),
        ({"layers": (("x", "mirror"),)}, "mirror", False),
        ({"layers": (("x", "none"),)}, "", False),
        ({"layers": (("x", "none"), ("y", "mirror"))}, "mirror", False),
    ],
)
def test_the_plan_leads_where_the_first_step_fails_or_straight_to_the_middleware(
    changes: dict[str, Any], suspect: str, is_direct: bool
) -> None:
    plan = build_plan(replace(QUIET, **changes))

    assert (plan.suspect, plan.is_direct) == (suspect, is_direct)


def mirror(system: str, units: int, expected: int, *, place: str = "MAIN", status: str = "") -> Any:
    delta = units - expected
    return {
        "mirror": system, "fact": "on_hand", "location_id": place, "observed_units": units,
        "expected_units": expected, "delta_units": delta, "source_at": at("10:55"),
        "status": status or ("drift" if delta else "match"),
    }  # fmt: skip


OWNED = {
    "owner": "shelf", "fact": "on_hand", "location_id": "MAIN", "owner_units": 9,
    "source_at": at("10:55"),
}  # fmt: skip


def test_the_first_system_that_is_off_is_the_failure_and_what_is_behind_it_follows() -> None:
    rows = [mirror("mall", 7, 9), mirror("storefront", 7, 9), mirror("erp", 9, 9)]
    finding = {"mirror": "storefront", "fact": "on_hand", "location_id": "MAIN", "finding_id": "F"}

    [trace] = build_traces([OWNED], rows, [finding], settle())

    assert [r.system for r in trace.readings] == ["shelf", "erp", "storefront", "mall"]
    assert trace.failure is not None
    assert (trace.failure.system, trace.failure.finding_id) == ("storefront", "F")
    assert [r.system for r in trace.downstream] == ["mall"]
    assert trace.is_middleware_case
    assert not trace.agrees
    [books] = build_traces([OWNED], [mirror("erp", 8, 9), *rows[:2]], [], settle())
    assert not books.is_middleware_case
    [well] = build_traces([OWNED], [mirror("erp", 9, 9)], [], settle())
    assert well.agrees
    assert (well.failure, well.downstream, well.is_middleware_case) == (None, (), False)


def test_each_place_has_its_own_trace_and_a_ghost_is_off_without_a_size() -> None:
    rows = [mirror("storefront", 0, 0, place="EAST", status="ghost"), mirror("erp", 9, 9)]

    east, main = build_traces([OWNED], rows, [], settle())

    assert (east.location_id, main.location_id) == ("EAST", "MAIN")
    assert east.failure is not None
    assert main.failure is None
    assert [r.system for r in east.readings] == ["storefront"]


SOLD = {"id": "S9", "kind": "pos_sale", "at": at("10:05"), "reference_id": "O-9"}
SENT = {
    "event_id": "E9", "reference_id": "O-9", "processed_at": at("10:06"), "status": "processed",
}  # fmt: skip


def layers(**changes: Any) -> list[tuple[str, str]]:
    known: dict[str, Any] = {
        "told": [SOLD], "messages": [SENT], "intake": [{**SOLD, "id": "X1"}], "erp": "erp",
        "posted_units": 0, "wanted_units": 0,
    }  # fmt: skip
    found = build_checklist("shop", "MAIN", Logs(**(known | changes)))
    return [(layer.status, layer.because) for layer in found.layers]


def test_each_layer_names_what_it_knows_of_the_event() -> None:
    assert layers() == [
        ("pass", "pos_sale S9 at 2026-04-06 10:05Z"),
        ("pass", "E9 processed 2026-04-06 10:06Z"),
        ("pass", "pos_sale X1"),
        ("pass", "erp shows 0, expected 0"),
    ]
    assert layers(posted_units=5)[3] == ("fail", "erp shows 5, expected 0")
    assert layers(messages=[{**SENT, "status": ""}])[1][0] == "pass"
    assert layers(messages=[{**SENT, "status": "failed"}])[1] == ("fail", "E9 is failed")
    again = {**SENT, "event_id": "E10", "processed_at": at("10:09")}
    assert layers(messages=[SENT, again])[1] == ("pass", "E10 processed 2026-04-06 10:09Z")
    by_id = [{**SENT, "reference_id": "", "event_id": "S9"}]
    assert layers(messages=by_id)[1][0] == "pass"
    assert layers(messages=[{**SENT, "reference_id": ""}])[1][0] == "fail"


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"erp": ""}, 2), ({"erp": ""}, 3), ({"intake": None}, 2), ({"posted_units": None}, 3),
        ({"wanted_units": None}, 3), ({"messages": None}, 1), ({"told": None}, 0),
        ({"told": []}, 1), ({"told": []}, 2),
    ],
)  # fmt: skip
def test_a_layer_that_cannot_be_looked_at_is_no_data(changes: dict[str, Any], place: int) -> None:
    assert layers(**changes)[place][0] == "no data"


def test_a_unit_is_one_and_several_are_units() -> None:
    for units, words in ((1, "1 more than"), (5, "5 more than"), (-1, "1 fewer than")):
        rows = f"8 20 20 20\n9 20 20 {20 + units}\n10 20 20 {20 + units}"
        asked = case(rows, "", "", rule=SELLS)
        sides = {"delta_units": units, "observed_units": 20 + units, "expected_units": 20,
                 "owner_units": 20}  # fmt: skip
        [told] = tell([judge(asked, {})], [7], behind(sides={"F-1": sides}))
        assert words in told["sentence"]


def gap(**changes: Any) -> dict[str, Any]:
    return {
        "mirror": "shop", "owner": "shelf", "delta_units": 0, "observed_units": None,
        "expected_units": None, "owner_units": None,
    } | changes  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "shop and shelf disagree"),
        ({"owner_units": 5}, "shop and shelf disagree (shelf holds 5 units)"),
        ({"owner_units": 1}, "shop and shelf disagree (shelf holds 1 unit)"),
        ({"mirror": "shelf"}, "shelf is off"),
        ({"mirror": ""}, "shelf is off"),
        ({"expected_units": 1}, "shop shows no number where 1 unit is expected"),
        ({"expected_units": 2}, "shop shows no number where 2 units are expected"),
        ({"observed_units": 1}, "shop shows 1 unit where nothing is expected"),
        ({"observed_units": 0}, "shop shows 0 units where nothing is expected"),
        ({"observed_units": -1}, "shop shows -1 unit where nothing is expected"),
        ({"observed_units": 6, "expected_units": 6}, "shop shows 6 units"),
        ({"observed_units": 6, "expected_units": 14, "delta_units": -8},
         "shop shows 6 units, 8 fewer than the 14 expected"),
        ({"observed_units": 6, "expected_units": 5, "delta_units": 1, "owner_units": 5},
         "shop shows 6 units, 1 more than the 5 expected"),
        ({"observed_units": 6, "expected_units": 5, "delta_units": 1, "owner_units": 9},
         "shop shows 6 units, 1 more than the 5 expected (shelf holds 9)"),
        ({"observed_units": 6, "expected_units": 1, "delta_units": 3},
         "shop shows 6 units where 1 is expected, 3 more than is on its way"),
        ({"observed_units": 6, "expected_units": 9, "delta_units": -1},
         "shop shows 6 units where 9 are expected, 1 fewer than is on its way"),
    ],
)  # fmt: skip
def test_a_gap_in_words(changes: dict[str, Any], words: str) -> None:
    assert render_gap(gap(**changes)) == words


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ({"kind": "receipt", "units": 8}, "receipt X (8 units)"),
        ({"kind": "receipt", "units": 1}, "receipt X (1 unit)"),
        ({"kind": "add", "units": 1}, "change X (+1 unit)"),
        ({"kind": "add", "units": -1}, "change X (-1 unit)"),
        ({"kind": "add", "units": 2}, "change X (+2 units)"),
        ({"kind": "set", "units": 1}, "level set X (to 1 unit)"),
        ({"kind": "pos_sale", "units": None}, "till sale X"),
        ({"kind": "pos_sale", "units": 2, "system": "till", "reference_id": "O-1"},
         "till sale X (2 units, till, for O-1)"),
    ],
)  # fmt: skip
def test_a_record_in_words(record: dict[str, Any], words: str) -> None:
    assert render_record({"id": "X", **record}) == words


def test_a_stranger_s_text_is_one_line_of_limited_length() -> None:
    assert show("a" * 64) == "a" * 64
    assert show("a" * 65) == "a" * 64 + "…"
    assert show("a\nb\u202e") == "a\\u000ab\\u202e"
    assert show("abc", limit=2) == "ab…"


@pytest.mark.parametrize(("extra", "is_long"), [(0, False), (1, True)])
def test_a_rewording_is_a_third_longer_and_forty_letters_at_most(extra: int, is_long: bool) -> None:
    sentence = "a" * 100

    faults = find_faults(sentence, "{}", "a" * (170 + extra))

    assert ("it is too long" in faults) is is_long
    assert "it is too long" not in find_faults("a" * 800, "{}", "a" * 900)
    assert "it is too long" in find_faults("a" * 800, "{}", "a" * 901)


def test_changes_and_events_are_read_field_by_field() -> None:
    row = {
        "event_id": "E1", "path": "p", "operation": "add", "units": 3, "emitted_at": at("9:00"),
        "processed_at": at("9:01"), "attempt": 2, "status": "done", "reference_id": None,
        "idempotency_key": "k", "sequence": 5,
    }  # fmt: skip

    [event] = build_messages([row])
    [bare] = build_messages([row | {"idempotency_key": None, "reference_id": "R"}])

    assert (event.idempotency_key, event.reference_id, event.sequence) == ("k", "", 5)
    assert (bare.idempotency_key, bare.reference_id) == ("", "R")
    assert (event.attempt, event.status, event.processed_at) == (2, "done", at("9:01"))


def test_frames_of_an_hour_become_what_each_finding_looks_up() -> None:
    cases = pl.DataFrame(
        {"kind": ["gap", "ghost", "gap"], "key_id": [7, 7, 8], "mirror": ["erp"] * 3,
         "delta_units": [-3, 9, None]}
    )  # fmt: skip
    sides = pl.DataFrame({"finding_id": ["F-1"], "observed_units": [5]})
    readings = pl.DataFrame({"key_id": [7], "mirror": ["erp"], "units": [5]})
    back = pl.DataFrame({"finding_id": ["F-1", "F-1"], "opened_at": [at("8:00"), at("9:00")],
                         "last_at": [at("8:30"), at("9:30")]})  # fmt: skip
    drift = pl.DataFrame({"drift_rate": [0.25, 0.5]})

    told = build_background(
        settle(), at("10:00"), cases=cases, sides=sides, readings=readings, spells=back,
        drift=drift,
    )  # fmt: skip

    assert told.gaps == {(7, "erp"): -3, (8, "erp"): 0}
    assert told.readings == {(7, "erp"): 5}
    assert told.sides["F-1"]["observed_units"] == 5
    assert told.spells["F-1"] == [Spell(at("8:00"), at("8:30")), Spell(at("9:00"), at("9:30"))]
    assert (told.drift_rate, told.is_drifting) == (0.25, True)
    nothing = build_background(
        settle(), at("10:00"), cases=cases, sides=sides, readings=readings, spells=back,
        drift=drift.clear(),
    )  # fmt: skip
    assert (nothing.drift_rate, nothing.is_drifting) == (None, False)


def seen(*deltas: int, number: int = 1, **more: Any) -> Verdict:
    rows = "\n".join(f"{9 + n} 20 20 {20 + delta}" for n, delta in enumerate(deltas))
    asked = replace(case(rows), sku=f"I{number}", finding_id=f"F-{number}", **more)
    return verdict(asked=asked)


AROUND = Surroundings(ZONE, {"storefront": "storefront"}, frozenset(), frozenset({"storefront"}))


def held(*verdicts: Verdict) -> set[str]:
    found = find_signs(verdicts, AROUND)["storefront"]
    return {*found.integration, *found.process}


def test_gaps_of_one_size_are_a_pattern_where_they_are_three_and_half_of_all() -> None:
    alike = [seen(0, -3, number=n) for n in range(3)]
    others = [seen(0, n, number=n) for n in range(4, 8)]

    assert "same_pattern" in held(*alike)
    assert "same_pattern" not in held(*alike[:2])
    assert "same_pattern" in held(*alike, *others[:3])
    assert "same_pattern" not in held(*alike, *others)
    assert "same_pattern" not in held(*(seen(0, 0, number=n) for n in range(3)))


def test_gaps_stand_still_where_the_last_three_hours_are_one_number() -> None:
    assert "constant_gap" in held(seen(0, -3, -3, -3))
    assert "constant_gap" not in held(seen(-3, -3))
    assert "constant_gap" not in held(seen(0, -3, -3))
    assert "constant_gap" not in held(seen(0, 0, 0))
    assert "constant_gap" not in held(seen(-3, -3, -3), seen(0, 0, -4))
    assert "constant_gap" in held(seen(-3, -3, -3), seen(-2, -2, -2), seen(0, 0, -4))


def test_gaps_of_one_of_several_places_vary_by_place() -> None:
    here = [seen(0, n, number=n, location_id="MAIN") for n in range(1, 5)]
    there = [seen(0, n, number=n, location_id="EAST") for n in (8, 9)]

    assert "varies_by_channel" in held(*here, *there[:1])
    assert "varies_by_channel" not in held(*here[:2], *there[:1])
    assert "varies_by_channel" not in held(*here)
    assert "varies_by_channel" not in held(*here, *there)


@pytest.mark.parametrize(("kind", "tier"), [("gap", "T1"), ("ghost", "T2")])
def test_what_is_no_gap_is_seen_whole(kind: str, tier: str) -> None:
    asked = case("8 20 20 20", "07:10 shelf receipt 1 W0", heard=None, kind=kind)

    assert find_steps(asked) == tier

"""The ordered plan: authority, trigger, posting rules, middleware, each with its reason."""

from dataclasses import replace
from datetime import timedelta

from inventory_pipeline.diagnose.plan import Book, Inquiry, build_plan
from inventory_pipeline_tests.support.cases import at

QUIET = Inquiry(
    mirror="storefront",
    owner="shelf",
    role="storefront",
    delta=-8,
    owners={"on_hand": ("shelf",)},
    trigger="event",
    every=None,
    at=at("10:55"),
    until=at("11:00"),
    max_age=timedelta(minutes=90),
    books=(Book("erp", 400),),
)


def statuses(inquiry: Inquiry) -> list[tuple[str, str]]:
    return [(check.step, check.status) for check in build_plan(inquiry).checks]


def test_clean_books_and_a_mirror_that_is_off_lead_straight_to_the_middleware() -> None:
    plan = build_plan(QUIET)

    assert statuses(QUIET) == [
        ("authority", "pass"), ("trigger", "pass"), ("posting_rules", "pass"),
        ("middleware", "no data"),
    ]  # fmt: skip
    assert (plan.suspect, plan.is_direct) == ("middleware", True)
    assert plan.checks[2].because == "agrees with shelf: erp 400"


def test_two_owners_end_the_plan_at_authority() -> None:
    plan = build_plan(replace(QUIET, owners={"on_hand": ("shelf", "erp")}))

    assert [(c.step, c.status) for c in plan.checks] == [("authority", "fail")]
    assert "2 owners: shelf, erp" in plan.checks[0].because
    assert plan.suspect == "authority"


def test_a_fact_without_an_owner_ends_it_too() -> None:
    assert statuses(replace(QUIET, owners={"on_hand": ()})) == [("authority", "fail")]


def test_the_erp_is_blamed_before_the_wms_unless_something_clears_it() -> None:
    erp = replace(QUIET, mirror="erp", role="erp", delta=-35, books=())

    plan = build_plan(erp)

    assert plan.suspect == "posting_rules"
    assert "erp is off by -35" in plan.checks[2].because
    cleared = replace(erp, layers=(("movement_dropped", "middleware"),))
    assert build_plan(cleared).suspect == "middleware"


def test_books_that_are_off_themselves_fail_the_posting_rules() -> None:
    plan = build_plan(replace(QUIET, books=(Book("erp", 385, -15),)))

    assert (plan.suspect, plan.is_direct) == ("posting_rules", False)


def test_an_old_number_fails_the_trigger() -> None:
    assert build_plan(replace(QUIET, at=at("08:00"))).suspect == "trigger"
    assert statuses(replace(QUIET, at=None))[1] == ("trigger", "no data")


def test_a_cause_fails_the_step_it_belongs_to() -> None:
    for layer, step in (
        ("trigger", "trigger"), ("erp_rule", "posting_rules"), ("middleware", "middleware"),
    ):  # fmt: skip
        assert build_plan(replace(QUIET, layers=(("a_cause", layer),))).suspect == step
    assert (
        build_plan(replace(QUIET, layers=(("manual_edit_mirror", "mirror"),))).suspect == "mirror"
    )


def test_lost_or_late_events_fail_the_middleware_and_none_passes_it() -> None:
    assert statuses(replace(QUIET, messages=9, troubled=2))[3] == ("middleware", "fail")
    assert statuses(replace(QUIET, messages=9))[3] == ("middleware", "pass")
    assert statuses(replace(QUIET, messages=0))[3] == ("middleware", "no data")


def test_a_fact_may_ask_for_another_order_and_authority_still_comes_first() -> None:
    asked = replace(QUIET, order=("middleware", "posting_rules"))

    assert [step for step, _ in statuses(asked)] == ["authority", "middleware", "posting_rules"]

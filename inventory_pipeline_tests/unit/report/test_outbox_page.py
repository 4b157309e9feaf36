"""What the mail says of corrections: made, thought of, on their way, stuck, stopped."""

from dataclasses import replace

import pytest

from inventory_pipeline.report.clearance import compute_verdict
from inventory_pipeline.report.outbox import Fix, Outbox, Queue
from inventory_pipeline.report.render import render_html
from inventory_pipeline_tests.support.report_day import MORNING
from inventory_pipeline_tests.unit.report.test_clearance import CLEAN
from inventory_pipeline_tests.unit.report.test_page import build, find, read

FIX = Fix(
    "R-1", "storefront", "available", "SKU-1", "MAIN", 21, 25, "assistant", "movement_dropped"
)


def write(outbox: Outbox, title: str) -> str:
    return read(find(build(outbox=outbox), title))


def test_a_fix_says_from_what_to_what_why_and_who():
    words = write(Outbox(fixes=(FIX,), fixed=1), "Fixes made (1)")
    assert (
        "SKU-1 at MAIN: storefront available from 21 to 25, movement dropped; decided by" in words
    )
    assert "decided by assistant, receipt R-1." in words


def test_fixes_beyond_the_first_are_counted_and_shadow_ones_are_told():
    words = write(Outbox(fixes=(FIX,), fixed=13, would=2), "Fixes made (13)")
    assert "and 12 more" in words
    assert "In shadow mode: 2 corrections would have been made." in words
    assert "would have been made" in write(Outbox(would=2), "Fixes made (0)")


def test_the_queue_says_how_long_how_old_and_what_is_stuck():
    queue = Queue(depth=3, oldest_at=MORNING, stuck=1, for_people=2)
    outbox = Outbox(queue=queue, brakes=(("all", "581 at once"),))
    words = write(outbox, "Outbox queue (3)")
    assert "3 receipts on the way, the oldest for" in words
    assert "1 receipt stuck" in words
    assert "2 receipts refused" in words
    assert "Stopped for all: 581 at once" in words


@pytest.mark.parametrize(
    ("outbox", "why"),
    [
        (Outbox(queue=Queue(stuck=1)), "1 receipt stuck in the outbox"),
        (Outbox(queue=Queue(for_people=2)), "2 receipts refused, or of unknown effect"),
        (Outbox(brakes=(("all", "x"),)), "corrections are stopped until somebody looks"),
    ],
)
def test_what_of_the_outbox_needs_a_person_is_no_all_clear(outbox: Outbox, why: str):
    verdict = compute_verdict(replace(CLEAN, outbox=outbox))
    assert (verdict.status, verdict.troubles) == ("ATTENTION", (why,))


def test_a_queue_that_moves_is_all_clear():
    moving = Outbox(queue=Queue(depth=9))
    assert compute_verdict(replace(CLEAN, outbox=moving)).status == "ALL CLEAR"


def test_hostile_names_stay_text():
    bad = replace(FIX, sku="<script>x</script>", decided_by="=cmd()")
    page = render_html(build(outbox=Outbox(fixes=(bad,), fixed=1)))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page

"""The map in the web UI: drawn, listed, and deaf to what strangers call their paths."""

import polars as pl

from inventory_pipeline.defs.handoff_map import describe_gaps, describe_map, render_drawing

ROW = {
    "path": "push", "source": "shelf", "target": "web", "state": "firing", "events": 12,
    "delay_p99_seconds": 4.0, "key_coverage": 1.0, "trigger": "event", "worst_lag_seconds": 300,
    "exposed_units": None, "advice": "", "responsible": "ops", "priority": 2, "recurrence": 0,
    "units": 0, "money_at_risk": 0.0, "lost_events": 0, "duplicate_events": 0, "resolution": "",
    "resolution_status": "none", "is_late": False,
}  # fmt: skip


def build(*changes: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame([{**ROW, **change} for change in changes])


def test_a_path_is_an_edge_between_two_systems() -> None:
    drawing = render_drawing(build({}))

    assert drawing.splitlines() == [
        "```mermaid", "graph LR", '  s0["shelf"]', '  s1["web"]',
        '  s0 -->|"push: firing"| s1', "```",
    ]  # fmt: skip


def test_a_path_that_nobody_declared_has_no_ends_to_draw() -> None:
    seen = build({}, {"path": "shop2", "source": "", "target": "", "state": "unmapped"})

    assert "shop2" not in render_drawing(seen)
    assert describe_map(seen)["unmapped"] == 1


def test_a_name_cannot_leave_its_label() -> None:
    hostile = '"] --> x["<script>alert(1)</script>\n```\n# click'

    drawing = render_drawing(build({"path": hostile}))

    assert drawing.count("```") == 2
    assert "<" not in drawing
    assert drawing.splitlines()[4].count('"') == 2


def test_the_list_has_what_needs_somebody_and_counts_what_nobody_owns() -> None:
    seen = build(
        {},
        {"path": "quiet", "state": "silent", "priority": 1, "recurrence": 9},
        {"path": "orphan", "responsible": " ", "priority": 3},
    )
    told = describe_gaps(seen)

    assert (told["gaps"], told["nobody_owns"]) == (2, 1)
    text = told["list"].value
    assert text.index("quiet") < text.index("orphan")
    assert "push" not in text

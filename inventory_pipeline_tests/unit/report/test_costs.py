"""Costs: a range for each symptom, labelled an estimate, with its settings (RPT-02 to 04, 09)."""

from inventory_pipeline.config.policy import Costs
from inventory_pipeline.report.costs import compute_costs
from inventory_pipeline.report.measures import Structural
from inventory_pipeline.report.summary import Findings


def estimate(**costs: object) -> list[tuple[int, float, float, str]]:
    findings = Findings(by_symptom=((1, 12), (2, 10), (3, 5)))
    drift = Structural(drifting_skus=12)
    lines = compute_costs(drift, findings, costs=Costs.model_validate(costs), currency="USD")
    assert {line.basis for line in lines} == {"benchmark"}
    return [(line.count, line.low, line.high, line.unit) for line in lines]


def test_the_ranges_are_the_published_ones():
    assert estimate() == [
        (12, 6.0, 12.0, "h"),
        (10, 80.0, 250.0, "USD"),
        (5, 10.0, 20.0, "h"),
    ]


def test_a_wage_turns_hours_into_money():
    assert estimate(hourly_wage=20)[0] == (12, 120.0, 240.0, "USD")


def test_every_estimate_names_its_settings():
    lines = compute_costs(Structural(), Findings(), costs=Costs(hourly_wage=20), currency="USD")
    assert [line.settings for line in lines] == [
        "costs.minutes_per_drifting_sku 30 to 60, costs.hourly_wage 20",
        "costs.cost_per_failed_pick 8 to 25",
        "costs.hours_per_manual_cycle 2 to 4, costs.hourly_wage 20",
    ]


def test_nothing_wrong_costs_nothing():
    lines = compute_costs(Structural(), Findings(), costs=Costs(), currency="USD")
    assert [(line.low, line.high) for line in lines] == [(0, 0)] * 3

"""What drift may cost, by published figures: estimates, never mixed with what was measured."""

from inventory_pipeline.config.policy import Costs
from inventory_pipeline.report.measures import CostLine, Structural
from inventory_pipeline.report.summary import Findings

# The labels of REC-14: same SKU with different numbers; pick failed; a fix opened a new gap.
FAILED_PICK, REOPENED = 2, 3


def compute_costs(
    structural: Structural, findings: Findings, *, costs: Costs, currency: str
) -> tuple[CostLine, ...]:
    """Estimate the range of each symptom; hours stay hours unless a wage is configured."""
    drifting_skus = structural.drifting_skus
    by_symptom = dict(findings.by_symptom)
    low, high = costs.minutes_per_drifting_sku
    picks_low, picks_high = costs.cost_per_failed_pick
    cycle_low, cycle_high = costs.hours_per_manual_cycle
    picks, cycles = by_symptom.get(FAILED_PICK, 0), by_symptom.get(REOPENED, 0)
    return (
        _in_hours(
            "Reconciling drifting SKUs by hand", drifting_skus, low / 60, high / 60, costs,
            f"costs.minutes_per_drifting_sku {low:g} to {high:g}", currency,
        ),
        CostLine(
            "Failed picks, without service time", picks, picks * picks_low, picks * picks_high,
            currency, f"costs.cost_per_failed_pick {picks_low:g} to {picks_high:g}",
        ),
        _in_hours(
            "Fixes that opened another gap", cycles, cycle_low, cycle_high, costs,
            f"costs.hours_per_manual_cycle {cycle_low:g} to {cycle_high:g}", currency,
        ),
    )  # fmt: skip


def _in_hours(
    label: str, count: int, low: float, high: float, costs: Costs, settings: str, currency: str
) -> CostLine:
    if costs.hourly_wage is None:
        return CostLine(label, count, count * low, count * high, "h", settings)
    wage = costs.hourly_wage
    named = f"{settings}, costs.hourly_wage {wage:g}"
    return CostLine(label, count, count * low * wage, count * high * wage, currency, named)

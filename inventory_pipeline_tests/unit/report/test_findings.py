"""Findings: everything is counted, the few that need judgement come first (RPT-08)."""

from inventory_pipeline.report.asks import Ask
from inventory_pipeline.report.findings import LISTED, compute_findings, compute_risk
from inventory_pipeline.report.summary import Findings
from inventory_pipeline_tests.support.report_day import MORNING, build_finding, build_problems


def find(*rows: dict[str, object], asks: tuple[Ask, ...] = ()) -> Findings:
    return compute_findings(build_problems(*rows), asks)


def many(number: int, **known: object) -> list[dict[str, object]]:
    return [build_finding(finding_id=f"F-{i}", sku=f"S{i:04}", **known) for i in range(number)]


def test_forty_findings_of_which_31_are_settling_list_nine():
    minor = {"severity": "minor", "is_settled": False}
    findings = find(*many(9), *[{**row, **minor} for row in many(31)])
    assert (findings.needing, len(findings.listed), findings.settling) == (9, 9, 31)
    assert (findings.major, findings.minor, findings.total) == (9, 31, 40)


def test_majors_come_first_then_the_money_at_risk():
    rows = [
        build_finding(finding_id="F-n", sku="N", severity="notable", money_at_risk=900.0),
        build_finding(finding_id="F-m", sku="M", money_at_risk=None, delta_units=50),
        build_finding(finding_id="F-r", sku="R", money_at_risk=10.0),
    ]
    assert [line.sku for line in find(*rows).listed] == ["R", "M", "N"]


def test_the_order_does_not_depend_on_the_order_of_the_rows():
    rows = many(30)
    assert find(*rows).listed == find(*reversed(rows)).listed


def test_a_mail_lists_no_more_than_it_bears_and_counts_them_all():
    findings = find(*many(LISTED + 312))
    assert (len(findings.listed), findings.needing) == (LISTED, LISTED + 312)


def test_what_cleared_is_named_and_no_longer_counted():
    findings = find(build_finding(state="cleared", severity="none"))
    assert (findings.total, findings.cleared_total) == (0, 1)
    assert findings.cleared[0].sku == "SKU-1"


def test_what_was_asked_stands_with_its_finding():
    ask = Ask("count", "T-1", "F-1", "SKU-1", "MAIN", "14", 3, "proposed", "differs by +2")
    assert find(build_finding(), asks=(ask,)).listed[0].asked == (ask,)


def test_classes_and_symptoms_are_counted_over_everything_open():
    rows = [build_finding(), build_finding(finding_id="F-2", symptom=None, **{"class": "ghost"})]
    findings = find(*rows)
    assert findings.by_class == (("ghost", 1), ("phantom_stock", 1))
    assert findings.by_symptom == ((1, 1),)


def test_oversell_and_lost_sales_are_never_netted():
    problems = build_problems(
        build_finding(delta_units=2, money_at_risk=10.0),
        build_finding(finding_id="F-2", delta_units=-8, money_at_risk=None),
        build_finding(finding_id="F-3", delta_units=-1, is_settled=False),
        build_finding(finding_id="F-4", delta_units=None),
    )
    over, under = (compute_risk(problems, is_over=side) for side in (True, False))
    assert (over.findings, over.units, over.priced, over.money) == (1, 2, 1, 10.0)
    assert (under.findings, under.units, under.priced, under.money) == (1, 8, 0, 0.0)


def test_no_finding_is_no_finding():
    findings = find()
    assert (findings.total, findings.listed, findings.by_class) == (0, (), ())


def test_a_line_keeps_sign_numbers_and_age():
    line = find(build_finding(delta_units=-8, observed_units=6, expected_units=14)).listed[0]
    assert (line.delta_units, line.observed_units, line.expected_units) == (-8, 6, 14)
    assert line.first_seen_at < MORNING

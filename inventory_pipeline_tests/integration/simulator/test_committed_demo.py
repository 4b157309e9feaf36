"""The demo shop in data/demo holds what data/README.md says it holds."""

from datetime import date
from pathlib import Path

from inventory_pipeline.config.load import load_settings
from inventory_pipeline.config.registry import compute_registry
from inventory_pipeline_tests.integration.simulator.blind import Blind
from inventory_pipeline_tests.integration.simulator.simulated import Simulated

ROOT = Path(__file__).parents[3] / "data" / "demo"


def find(hour: str) -> dict[tuple[str, str], int | None]:
    findings = Blind(Simulated(ROOT)).find(hour)
    return {(finding.mirror, finding.key[0]): finding.delta_units for finding in findings}


def test_it_holds_what_the_table_says():
    always = {
        ("storefront", "CND-FIG"): -8,
        ("storefront", "PZL-PLUM"): None,
        ("storefront", "LAN-OLDSTYLE-2"): 3,
        ("erp", "SOP-TIDE"): -120,
    }
    assert find("2026-04-06T10") == always | {("storefront", "MUG-HERON"): 2}
    assert find("2026-04-06T11") == always | {("storefront", "MUG-HERON"): 1}


def test_it_is_a_valid_configuration_without_gap_bug_or_overdue_review():
    settings = load_settings(ROOT / "inventory.yaml").settings
    assert list(compute_registry(settings, today=date(2035, 1, 1)).problems) == []


def test_its_files_are_small_enough_to_read():
    files = [path for path in ROOT.rglob("*") if path.is_file()]
    assert all(path.read_text(encoding="utf-8").count("\n") < 100 for path in files)


def test_the_readme_names_every_item():
    readme = (ROOT.parent / "README.md").read_text(encoding="utf-8")
    skus = [row["sku"] for row in Simulated(ROOT).rows("catalog.csv")]
    assert all(f"`{sku}`" in readme for sku in skus)

from datetime import UTC, datetime, timedelta

from inventory_pipeline.simulator.faults.fault import Stage
from inventory_pipeline.simulator.faults.touching import Overwrite
from inventory_pipeline.simulator.labels import Witness, find_gaps

AT = datetime(2026, 4, 6, 10, tzinfo=UTC)


class Plain(Overwrite):
    name = cause = "manual_edit_mirror"

    def prepare(self, stage: Stage) -> None:
        """Nothing to prepare."""


def build_fault(sku: str, *, began: bool = True) -> Plain:
    fault = Plain(0)
    fault.settle_on((sku, "MAIN"))
    if began:
        fault.begin(AT, "LC-1")
    return fault


def gaps(actual: dict[str, int], clean: dict[str, int], faults: dict[str, Plain]):
    return list(
        find_gaps(
            "storefront",
            shown={("available", sku, "MAIN"): n for sku, n in actual.items()},
            due={("available", sku, "MAIN"): n for sku, n in clean.items()},
            faults=faults,
        )
    )


def test_a_gap_is_shown_less_due_and_names_its_faults():
    faults = {"f1": build_fault("A"), "f2": build_fault("B"), "f3": build_fault("A", began=False)}
    (gap,) = gaps({"A": 4, "B": 1}, {"A": 2, "B": 1}, faults)
    assert (gap.shown, gap.due, gap.delta_units, gap.fault_ids) == (4, 2, 2, ("f1",))


def test_a_ghost_is_due_nothing_and_a_missing_row_has_no_delta():
    ghost, missing = gaps({"A": 3}, {"B": 5}, {})
    assert (ghost.due, ghost.delta_units) == (None, 3)
    assert (missing.shown, missing.delta_units) == (None, None)


def test_a_label_is_dated_by_the_first_hour_in_which_it_can_be_seen():
    faults = {"f1": build_fault("A"), "f2": build_fault("B")}
    witness = Witness(faults)
    for hour, units in enumerate((2, 5, 9)):
        witness.see(AT + timedelta(hours=hour), gaps({"A": units}, {"A": 2}, faults))
    ((fault_id, _, sighting),) = witness.find_labels()
    assert fault_id == "f1"
    assert sighting.first_hour == AT + timedelta(hours=1)
    assert (sighting.delta_units, sighting.last_delta_units) == (3, 7)

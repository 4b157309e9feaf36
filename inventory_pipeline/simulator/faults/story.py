"""The story of the demo: twelve faults, each at its hour."""

from collections.abc import Sequence

from inventory_pipeline.simulator.faults.fault import Fault
from inventory_pipeline.simulator.faults.files import CutFile, SourceOutage
from inventory_pipeline.simulator.faults.hearing import (
    DoubleDecrement,
    DroppedReceipt,
    DroppedShipment,
    SubtractOnly,
)
from inventory_pipeline.simulator.faults.touching import (
    FalseStockout,
    GhostRow,
    ManualEdit,
    MissingRow,
    Oversell,
    UnitFactor,
)


def build_demo_faults() -> Sequence[Fault]:
    """Return the faults of the demo, each at its hour after the start."""
    return (
        DoubleDecrement(7),
        ManualEdit(10),
        DroppedReceipt(15),
        DroppedShipment(16),
        GhostRow(20),
        MissingRow(22),
        UnitFactor(24),
        FalseStockout(30),
        Oversell(33),
        SubtractOnly(40),
        SourceOutage(46),
        CutFile(62),
    )

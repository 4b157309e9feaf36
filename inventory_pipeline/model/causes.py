"""Causes: the catalogue of why two systems disagree, and what each cause asks for.

The names are fixed: they are what ``export diagnoses`` says. Nothing here judges a gap.
"""

from dataclasses import dataclass
from typing import Literal

# P provable and then correctable, W wait, C configuration by a person, T count task,
# F explain and hand over, X never correct.
Handling = Literal["P", "W", "C", "T", "F", "X"]
FixClass = Literal[
    "missing_webhook", "wrong_trigger", "write_order", "rule_change", "mapping_change",
    "unit_change", "redeliver", "wait", "count_task", "investigate", "quarantine", "stop", "none",
]  # fmt: skip
Layer = Literal[
    "authority", "trigger", "erp_rule", "middleware", "owner", "mirror", "shelf", "none"
]
Lean = Literal["integration", "process", "none"]


@dataclass(frozen=True)
class Cause:
    """One cause.

    Attributes:
        handling: what may follow from it.
        fix_class: the kind of mending; there is none that replaces an application (DIA-18).
        layer: where in the ordered plan it stands: authority, trigger, erp_rule, middleware,
            or beside it.
        lean: whether it speaks for an integration or a process fault.
        weight: how common it is before any evidence, relative to the others.
    """

    name: str
    handling: Handling
    fix_class: FixClass
    layer: Layer
    lean: Lean
    weight: float = 1.0

    @property
    def is_provable(self) -> bool:
        return self.handling == "P"


_CATALOGUE = (
    Cause("in_flight", "W", "wait", "none", "none", 2.0),
    Cause("batch_window", "W", "wrong_trigger", "trigger", "integration"),
    Cause("receipt_pending", "W", "wait", "none", "none"),
    Cause("movement_dropped", "P", "missing_webhook", "middleware", "integration", 1.5),
    Cause("additions_not_propagated", "C", "missing_webhook", "middleware", "integration"),
    Cause("double_decrement", "P", "wrong_trigger", "middleware", "integration"),
    Cause("event_duplicated", "P", "wrong_trigger", "middleware", "integration"),
    Cause("decrement_missing", "P", "missing_webhook", "middleware", "integration", 1.5),
    Cause("stale_overwrite", "F", "write_order", "middleware", "integration"),
    Cause("stale_retry", "F", "write_order", "middleware", "integration"),
    Cause("owner_layer_ahead_po", "W", "wait", "erp_rule", "none"),
    Cause("receipt_not_posted", "F", "missing_webhook", "erp_rule", "integration"),
    Cause("threepl_confirmation_missing", "P", "missing_webhook", "middleware", "integration"),
    Cause("return_credited_early", "W", "write_order", "mirror", "integration"),
    Cause("return_never_arrived", "F", "investigate", "mirror", "process"),
    Cause("damaged_return_restocked", "P", "write_order", "mirror", "process"),
    Cause("good_return_not_restocked", "P", "missing_webhook", "middleware", "integration"),
    Cause("count_written_once", "P", "redeliver", "middleware", "process"),
    Cause("unit_factor", "C", "unit_change", "erp_rule", "integration"),
    Cause("safety_stock_rule", "C", "rule_change", "erp_rule", "process"),
    Cause("field_mapping", "C", "mapping_change", "middleware", "integration"),
    Cause("channel_reservation", "C", "rule_change", "erp_rule", "process"),
    Cause("truth_moment", "C", "wrong_trigger", "trigger", "integration"),
    Cause("transfer_in_transit", "W", "wait", "none", "none"),
    Cause("location_pool", "F", "mapping_change", "mirror", "integration"),
    Cause("sku_mapping", "C", "mapping_change", "middleware", "integration"),
    Cause("ghost_row", "X", "quarantine", "mirror", "none"),
    Cause("missing_row", "F", "mapping_change", "mirror", "integration"),
    Cause("manual_edit_mirror", "X", "investigate", "mirror", "process"),
    Cause("owner_edited_without_movement", "X", "investigate", "owner", "process"),
    Cause("shrinkage", "T", "count_task", "shelf", "process"),
    Cause("wrong_bin", "T", "count_task", "shelf", "process"),
    Cause("phantom_zero_sales", "T", "count_task", "shelf", "process", 0.5),
    Cause("bundle_component", "C", "mapping_change", "erp_rule", "integration", 0.7),
    Cause("clamped_at_zero", "F", "mapping_change", "mirror", "integration"),
    Cause("observation_skew", "W", "wait", "none", "none"),
    Cause("snapshot_incomplete", "W", "none", "none", "none"),
    Cause("our_echo_or_loop", "X", "stop", "middleware", "integration", 0.5),
    Cause("foreign_bulk_script", "X", "stop", "mirror", "process", 0.7),
    Cause("true_stockout", "W", "none", "none", "none"),
    Cause("unknown", "F", "investigate", "none", "none"),
)
CAUSES = {cause.name: cause for cause in _CATALOGUE}
UNKNOWN = "unknown"

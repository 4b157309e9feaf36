"""The causes of the catalogue: what puts each right, and the evidence that can prove it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Cause:
    """One cause.

    Attributes:
        remedy: ``correct`` the number, ``configure`` the rule, ``count`` the shelf,
            ``investigate``, ``quarantine`` the row, ``stop`` everything, ``wait``, ``none``.
        tier: the least evidence that can prove it: 0 counts, 1 also the owner's movements,
            orders, returns and documents, 2 also the mirrors' logs, middleware, settings.
    """

    remedy: str
    tier: int


CAUSES = {
    "in_flight": Cause("wait", 1),
    "batch_window": Cause("wait", 1),
    "receipt_pending": Cause("wait", 2),
    "movement_dropped": Cause("correct", 2),
    "additions_not_propagated": Cause("configure", 1),
    "double_decrement": Cause("correct", 2),
    "event_duplicated": Cause("correct", 2),
    "decrement_missing": Cause("correct", 2),
    "stale_overwrite": Cause("investigate", 2),
    "stale_retry": Cause("investigate", 2),
    "owner_layer_ahead_po": Cause("wait", 1),
    "receipt_not_posted": Cause("investigate", 2),
    "threepl_confirmation_missing": Cause("correct", 2),
    "return_credited_early": Cause("wait", 1),
    "return_never_arrived": Cause("investigate", 1),
    "damaged_return_restocked": Cause("correct", 2),
    "good_return_not_restocked": Cause("correct", 2),
    "count_written_once": Cause("correct", 2),
    "unit_factor": Cause("configure", 2),
    "safety_stock_rule": Cause("configure", 2),
    "field_mapping": Cause("configure", 2),
    "channel_reservation": Cause("configure", 2),
    "truth_moment": Cause("configure", 1),
    "transfer_in_transit": Cause("wait", 1),
    "location_pool": Cause("investigate", 2),
    "sku_mapping": Cause("configure", 2),
    "ghost_row": Cause("quarantine", 0),
    "missing_row": Cause("investigate", 0),
    "manual_edit_mirror": Cause("investigate", 2),
    "owner_edited_without_movement": Cause("investigate", 1),
    "shrinkage": Cause("count", 1),
    "wrong_bin": Cause("count", 1),
    "phantom_zero_sales": Cause("count", 1),
    "bundle_component": Cause("configure", 1),
    "clamped_at_zero": Cause("investigate", 1),
    "observation_skew": Cause("wait", 1),
    "snapshot_incomplete": Cause("none", 0),
    "our_echo_or_loop": Cause("stop", 2),
    "foreign_bulk_script": Cause("stop", 2),
    "true_stockout": Cause("none", 0),
    "unknown": Cause("investigate", 2),
}

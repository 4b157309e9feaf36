"""The catalogue: every cause that may speak, in the order of ``model.causes``."""

from collections.abc import Callable, Iterator, Set

from inventory_pipeline.diagnose.causes import (
    additions_not_propagated,
    batch_window,
    bundle_component,
    channel_reservation,
    clamped_at_zero,
    count_written_once,
    damaged_return_restocked,
    decrement_missing,
    double_decrement,
    event_duplicated,
    field_mapping,
    foreign_bulk_script,
    ghost_row,
    good_return_not_restocked,
    in_flight,
    location_pool,
    manual_edit_mirror,
    missing_row,
    movement_dropped,
    observation_skew,
    our_echo_or_loop,
    owner_edited_without_movement,
    owner_layer_ahead_po,
    phantom_zero_sales,
    receipt_not_posted,
    receipt_pending,
    return_credited_early,
    return_never_arrived,
    safety_stock_rule,
    shrinkage,
    sku_mapping,
    snapshot_incomplete,
    stale_overwrite,
    stale_retry,
    threepl_confirmation_missing,
    transfer_in_transit,
    true_stockout,
    truth_moment,
    unit_factor,
    wrong_bin,
)
from inventory_pipeline.diagnose.claim import Claim
from inventory_pipeline.diagnose.scene import Scene

Finder = Callable[[Scene], Iterator[Claim]]

FINDERS: tuple[Finder, ...] = (
    in_flight.find,
    batch_window.find,
    receipt_pending.find,
    movement_dropped.find,
    additions_not_propagated.find,
    double_decrement.find,
    event_duplicated.find,
    decrement_missing.find,
    stale_overwrite.find,
    stale_retry.find,
    owner_layer_ahead_po.find,
    receipt_not_posted.find,
    threepl_confirmation_missing.find,
    return_credited_early.find,
    return_never_arrived.find,
    damaged_return_restocked.find,
    good_return_not_restocked.find,
    count_written_once.find,
    unit_factor.find,
    safety_stock_rule.find,
    field_mapping.find,
    channel_reservation.find,
    truth_moment.find,
    transfer_in_transit.find,
    location_pool.find,
    sku_mapping.find,
    ghost_row.find,
    missing_row.find,
    manual_edit_mirror.find,
    owner_edited_without_movement.find,
    shrinkage.find,
    wrong_bin.find,
    bundle_component.find,
    clamped_at_zero.find,
    observation_skew.find,
    snapshot_incomplete.find,
    our_echo_or_loop.find,
    foreign_bulk_script.find,
    true_stockout.find,
)


# What a problem that is no gap between two numbers may be.
OTHER_FINDERS: tuple[Finder, ...] = (
    owner_layer_ahead_po.find,
    ghost_row.find,
    missing_row.find,
    shrinkage.find,
    wrong_bin.find,
    phantom_zero_sales.find,
    true_stockout.find,
)


def find_claims(scene: Scene, *, hidden: Set[str] = frozenset()) -> list[Claim]:
    """Return what every cause says of one case.

    Args:
        hidden: causes that are not to speak: a benchmark asks what is said without them.
    """
    finders = FINDERS if scene.case.kind == "gap" else OTHER_FINDERS
    return [claim for find in finders for claim in find(scene) if claim.cause not in hidden]

"""Words: one sentence that says why, in numbers and ids that stand in the evidence."""

from collections.abc import Sequence

from inventory_pipeline.diagnose.case import Case
from inventory_pipeline.diagnose.claim import Claim
from inventory_pipeline.model.causes import UNKNOWN

# {ids} are the claim's records, {facts} its own words; {mirror} and {owner} are systems.
PHRASES = {
    "in_flight": "units are on their way and should arrive by the next check",
    "batch_window": "{mirror} shows its last batch and waits for the next one",
    "receipt_pending": "a correction of ours is on its way ({ids})",
    "movement_dropped": "{mirror} never heard of {ids}",
    "additions_not_propagated": "{mirror} hears of sales and of no addition ({ids})",
    "double_decrement": "one order lowered {mirror} twice ({ids})",
    "event_duplicated": "one event was counted twice by {mirror} ({ids})",
    "decrement_missing": "{mirror} never fell for the sale {ids}",
    "stale_overwrite": "an older level was written over a newer one at {mirror} ({ids})",
    "stale_retry": "a late or repeated message wrote an old level at {mirror} ({ids})",
    "owner_layer_ahead_po": "{mirror} counts a purchase order that has not been received ({ids})",
    "receipt_not_posted": "{mirror} never posted the receipt {ids}",
    "threepl_confirmation_missing": "{mirror} was never told that the 3PL shipped {ids}",
    "return_credited_early": "{mirror} credited a return before its box came ({ids})",
    "return_never_arrived": "{mirror} credited a return whose box never came ({ids})",
    "damaged_return_restocked": "{mirror} put a damaged return on sale ({ids})",
    "good_return_not_restocked": "{mirror} never took back the good return {ids}",
    "count_written_once": "a count was written to {owner} and not to {mirror} ({ids})",
    "unit_factor": "{mirror} counts in another unit",
    "safety_stock_rule": "a safety stock is taken off by one side only, or with another size",
    "field_mapping": "{mirror} shows what is here as free to sell",
    "channel_reservation": "units are held for another channel",
    "truth_moment": "{mirror} falls at the order, {owner} at the shipment",
    "transfer_in_transit": "a transfer is on its way ({ids})",
    "location_pool": "the total agrees; the units stand at another location",
    "sku_mapping": "what happened to another item was written here",
    "ghost_row": "{mirror} holds a row that {owner} does not know",
    "missing_row": "{mirror} does not list an item that {owner} holds",
    "manual_edit_mirror": "somebody changed {mirror} by hand ({ids})",
    "owner_edited_without_movement": "{owner} changed its own number without a movement",
    "shrinkage": "a count found fewer units than the record, and no movement explains it",
    "wrong_bin": "the units lie in another bin",
    "phantom_zero_sales": "an item that always sold has stopped selling while stock is on record",
    "bundle_component": "a bundle was sold and its part never left {mirror} ({ids})",
    "clamped_at_zero": "{mirror} stopped at zero where it should have gone below",
    "observation_skew": "the two numbers were read at different moments",
    "snapshot_incomplete": "the snapshot did not come whole",
    "our_echo_or_loop": "a correction of ours came back as a change ({ids})",
    "foreign_bulk_script": "a program changed many items of {mirror} in one minute",
    "true_stockout": "there is none left anywhere",
    UNKNOWN: "nothing here explains it to the unit",
}
MOST_IDS = 2


def render_sentence(case: Case, claims: Sequence[Claim], cause: str) -> str:
    """Return one sentence: the gap, and because."""
    phrases = [_render_claim(case, claim) for claim in claims] or [_fill(case, cause, "")]
    return f"{_render_gap(case)} because " + "; and because ".join(phrases) + "."


def _render_gap(case: Case) -> str:
    if not case.points:
        return f"{case.mirror} and {case.owner} disagree on {case.sku}"
    last = case.points[-1]
    return f"{case.mirror} shows {last.observed}, expected {last.expected} ({case.delta:+d})"


def _render_claim(case: Case, claim: Claim) -> str:
    return _fill(case, claim.cause, ", ".join(claim.ids[:MOST_IDS]) or "no record names it")


def _fill(case: Case, cause: str, ids: str) -> str:
    return PHRASES[cause].format(mirror=case.mirror, owner=case.owner, ids=ids)

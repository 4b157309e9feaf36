"""Phrases: what each cause is called in a sentence, and who does what about it next.

``{named}`` is the record that shows it, ``{who}`` the one responsible for the path, other
names are facts of the claim; a part in square brackets is left out where its fact is absent.
No phrase asks anybody to try the same thing again, or to put another application in its place.
"""

from dataclasses import dataclass

from inventory_pipeline.model.causes import UNKNOWN

FIXES = {
    "missing_webhook": "add the message that never comes",
    "wrong_trigger": "change what triggers the write",
    "write_order": "put the writes in order",
    "rule_change": "settle the rule on both sides",
    "mapping_change": "correct the mapping",
    "unit_change": "correct the unit",
    "redeliver": "hand the missed change over once, by its id",
    "wait": "nothing, it closes by itself",
    "count_task": "count the bin",
    "investigate": "ask the person who knows",
    "quarantine": "put the row aside",
    "stop": "stop the writer first",
    "none": "nothing",
}


@dataclass(frozen=True)
class Phrase:
    """One cause in words.

    Attributes:
        because: follows "because".
        then: the next step: who does what.
    """

    because: str
    then: str


PHRASES = {
    "in_flight": Phrase(
        "units are on their way and not shown there yet{named}",
        "nobody acts; the next checks close it or call it a gap",
    ),
    "batch_window": Phrase(
        "{mirror} still shows its last batch and waits for the following one{named}",
        "{who} turns this path from batches to events",
    ),
    "receipt_pending": Phrase(
        "a correction of ours is queued and not confirmed yet{named}",
        "nobody acts unless its confirmation is overdue",
    ),
    "movement_dropped": Phrase(
        "{mirror} never heard of what moved{named}",
        "{who} finds where the path lost it and hands it over once",
    ),
    "additions_not_propagated": Phrase(
        "sales reach {mirror} and additions do not[, {additions} of them so far]{named}",
        "{who} puts restocks, returns and counts on the path, then hands each missed one over once",
    ),
    "double_decrement": Phrase(
        "one order[ ({order})] lowered {teller} twice{named}",
        "{who} keeps one capture of the order, webhook or direct, and reverses the second",
    ),
    "event_duplicated": Phrase(
        "{mirror} counted one event twice{named}",
        "{who} makes {mirror} refuse an id it has seen and reverses the second count",
    ),
    "decrement_missing": Phrase(
        "{mirror} never fell for a sale{named}",
        "{who} finds where the path lost it and hands the sale over once",
    ),
    "stale_overwrite": Phrase(
        "an older level[ of {level}] was written over a newer one{named}",
        "{who} lets no write pass that is older than the one before it, then {mirror} is set from "
        "{owner}",
    ),
    "stale_retry": Phrase(
        "a message that waited or came again wrote an old level[ of {level}]{named}",
        "{who} drops late attempts and gives each message an id, then {mirror} is set from {owner}",
    ),
    "owner_layer_ahead_po": Phrase(
        "one side counts a purchase order that has not been received{named}",
        "nobody acts before the order is due; its receipt closes the gap",
    ),
    "receipt_not_posted": Phrase(
        "{mirror} never posted a receipt{named}",
        "{who} finds why the path did not post it and posts it once",
    ),
    "threepl_confirmation_missing": Phrase(
        "{mirror} was never told that the outside warehouse shipped{named}",
        "{who} puts the outside warehouse's confirmation on the path and hands this one over once",
    ),
    "return_credited_early": Phrase(
        "{mirror} credited a return whose box has not come{named}",
        "{who} moves the credit from the announcement to the inspection; the box closes this one",
    ),
    "return_never_arrived": Phrase(
        "{mirror} credited a return whose box is overdue{named}",
        "returns asks the carrier for the box; without it the credit is taken back",
    ),
    "damaged_return_restocked": Phrase(
        "{mirror} put a return on sale that was judged unsaleable{named}",
        "{who} credits after the inspection only, and {mirror} takes these units off sale",
    ),
    "good_return_not_restocked": Phrase(
        "a good return came back and {mirror} never took it up{named}",
        "{who} finds where the path lost it and hands the return over once",
    ),
    "count_written_once": Phrase(
        "a count was written to {owner} and never to {mirror}{named}",
        "{who} puts counts on the path and hands this one over once",
    ),
    "unit_factor": Phrase(
        "{mirror} counts in another unit[, {factor} times off]{named}",
        "{who} corrects the pack size there and looks at the items that share it",
    ),
    "safety_stock_rule": Phrase(
        "a safety stock[ of {safety}][ changed from {before}][ to {after}] is taken off by one "
        "side alone{named}",
        "whoever set it agrees one size for both sides and writes it into the rule of {mirror}",
    ),
    "field_mapping": Phrase(
        "the fields of {mirror} have like names and unlike meanings[: it shows what is here as "
        "free to sell, and the gap is the open orders ({committed})][: it posted a movement with "
        "{sign} sign]{named}",
        "{who} corrects the mapping of that field",
    ),
    "channel_reservation": Phrase(
        "units are held for another channel[, changed from {before}][ to {after}]{named}",
        "whoever set the reservation writes it into the rule of {mirror}, or lifts it",
    ),
    "truth_moment": Phrase(
        "one number falls at the order and the other at the shipment[, with {open_orders} ordered "
        "and not shipped]",
        "{who} sets one moment for both, or writes the difference into the rule, once for all",
    ),
    "transfer_in_transit": Phrase(
        "a transfer has left one place and not reached the other{named}",
        "the destination counts it in and closes the transfer; nothing is corrected before",
    ),
    "location_pool": Phrase(
        "the units stand at another place[, {other_location},] and the total agrees{named}",
        "{who} routes the orders of {mirror} to the place that ships them",
    ),
    "sku_mapping": Phrase(
        "what happened to another item[, {other_sku},] was written here{named}",
        "{who} corrects the identity of both items at {mirror}",
    ),
    "ghost_row": Phrase(
        "{mirror} holds a row that {owner} does not know",
        "whoever keeps the catalogue maps the id or delists it; nothing is corrected",
    ),
    "missing_row": Phrase(
        "{owner} holds an item that {mirror} does not list",
        "{who} lists or maps the item at {mirror}",
    ),
    "manual_edit_mirror": Phrase(
        "{mirror} was changed by hand[ ({actor})]{named}",
        "ask who changed it why, and only then decide which number stands",
    ),
    "owner_edited_without_movement": Phrase(
        "{owner} changed its own number[ by {owner_rest}] without a movement{named}",
        "whoever keeps {owner} books the movement that is missing, or the bin is counted",
    ),
    "shrinkage": Phrase(
        "a count and the record differ and no movement explains it{named}",
        "operations counts once more and looks into theft, miscount, damage and wrong bins",
    ),
    "wrong_bin": Phrase(
        "the units lie in another bin{named}",
        "the floor counts both bins and corrects the bin, not the total",
    ),
    "phantom_zero_sales": Phrase(
        "an item that always sold has stopped selling while stock is on record",
        "the floor counts the bin",
    ),
    "bundle_component": Phrase(
        "a bundle[, {bundle},] was sold and {mirror} never took off this part of it{named}",
        "{who} gives {mirror} the parts of the bundle",
    ),
    "clamped_at_zero": Phrase(
        "{mirror} stopped at zero where it should have gone below[, to {below_zero}]{named}",
        "{who} keeps what is below zero, then {mirror} is set from {owner}",
    ),
    "observation_skew": Phrase(
        "units moved between the moments the two numbers were read{named}",
        "nobody acts; the next check reads both again",
    ),
    "snapshot_incomplete": Phrase(
        "a snapshot did not come whole and what it lacks proves nothing",
        "whoever keeps that export finds the part it lost",
    ),
    "our_echo_or_loop": Phrase(
        "what put the number right was undone again{named}",
        "stop corrections to {mirror} until whoever undoes them is found",
    ),
    "foreign_bulk_script": Phrase(
        "a program changed many items[ ({items})] of {mirror} within minutes{named}",
        "find and stop what ran there; correct nothing before",
    ),
    "true_stockout": Phrase("there is none left anywhere", "reorder; there is nothing to mend"),
    UNKNOWN: Phrase(
        "no known cause explains it to the unit[, after a look at {looked_at}]",
        "whoever looks into it settles it by {settles}",
    ),
}  # fmt: skip

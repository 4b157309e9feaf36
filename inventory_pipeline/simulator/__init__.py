"""THE DOLL'S HOUSE: a shop with known truth and labelled faults, written as exports.

Here belong the world (what truly happens), the systems (what each hears of it, and when),
faults (what a system hears wrongly) and labels (what was done). No reconciling: this
package knows the right answers and is never asked while the pipeline looks for them.

What the wire formats leave open is settled so:

- The bill of a set stands in the storefront's ``documents`` every hour: fact ``bundle_units``,
  entity ``SET/COMPONENT``, value the units of it in one set. An order of a set is one
  ``order_placed`` of the set, and one for each component whose ``cause_id`` is the set's.
- A bin that was counted stands in the shelf's ``documents``: fact ``bin_count``, entity
  ``SKU/LOCATION/BIN``; the ``count`` movement of that minute is of the whole place.
- What is held for a channel stands in the storefront's ``documents``: fact
  ``channel_reservation``, entity ``CHANNEL/SKU/LOCATION``.
- Corrections of ours are events of the path ``corrections`` whose reference is ``rcpt-...``:
  one line when it is ``pending``, another under the same id when it is ``processed``.
- A setting of a family of items has the subject ``CND-*``; of one item, its sku.
"""

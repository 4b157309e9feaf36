"""Queries: SuiteQL that names its order and comes after what was read.

Every page is a query of its own, of the rows beyond the last one: so no query ever reaches the
100,000 rows that one may have. A sum is null where one of its parts is: unknown is never less.

Tables and their keys: netsuitediagnostics.com, "Inventory Detail in SuiteQL" (InventoryAssignment,
base units) and "Transaction Line Mainline". Functions and bound parameters: docs.oracle.com,
NetSuite Help Center, section_158513731864 and section_157909186990.
"""

from typing import Any

from inventory_pipeline.model.frames import RAW_FEEDS

# Balances, over bins, lots and statuses. One without a location has 0 for it.
COUNTS = """
SELECT ib.item AS item, NVL(ib.location, 0) AS location,
  i.itemid AS code, BUILTIN.DF(ib.location) AS place,
  CASE WHEN COUNT(*) = COUNT(ib.quantityonhand)
    THEN SUM(ib.quantityonhand) END AS quantityonhand,
  CASE WHEN COUNT(*) = COUNT(ib.quantityavailable)
    THEN SUM(ib.quantityavailable) END AS quantityavailable
FROM inventorybalance ib JOIN item i ON i.id = ib.item
WHERE ib.item > {after.item}
  OR (ib.item = {after.item} AND NVL(ib.location, 0) > {after.location})
GROUP BY ib.item, NVL(ib.location, 0), i.itemid, BUILTIN.DF(ib.location)
ORDER BY ib.item, NVL(ib.location, 0)
"""

# Lines that moved stock, signed, as are their bins and lots. What a receipt is about stands with
# what it was created from: a purchase, a transfer or a return.
MOVEMENTS = """
SELECT tl.transaction AS doc, tl.id AS line_no, t.type AS doc_type, t.tranid AS doc_number,
  s.type AS source_type, s.tranid AS source_number, tl.item AS item, i.itemid AS code,
  NVL(tl.location, 0) AS location, BUILTIN.DF(tl.location) AS place, tl.quantity AS quantity,
  (SELECT SUM(ia.quantity) FROM inventoryassignment ia
    WHERE ia.transaction = tl.transaction AND ia.transactionline = tl.id) AS assigned,
  TO_CHAR(t.createddate, 'YYYY-MM-DD"T"HH24:MI:SS') AS moved_at,
  TO_CHAR(t.lastmodifieddate, 'YYYY-MM-DD"T"HH24:MI:SS') AS recorded_at
FROM transactionline tl
  JOIN transaction t ON t.id = tl.transaction
  JOIN item i ON i.id = tl.item
  LEFT JOIN transaction s ON s.id = tl.createdfrom
WHERE tl.isinventoryaffecting = 'T' AND t.posting = 'T'
  AND t.lastmodifieddate >= TO_DATE(?, 'YYYY-MM-DD')
  AND (tl.transaction > {after.doc} OR (tl.transaction = {after.doc} AND tl.id > {after.line_no}))
ORDER BY tl.transaction, tl.id
"""

# The items that a name stands for; the unit one is adjusted in, as so many base units.
ITEMS = "SELECT i.id AS item, i.itemid AS code FROM item i WHERE i.itemid = ?"
UNITS = """
SELECT i.id AS item, u.conversionrate AS rate
FROM item i LEFT JOIN unitstypeuom u ON u.internalid = i.stockunit
WHERE i.id = ?
"""
BALANCE = """
SELECT
  CASE WHEN COUNT(*) = COUNT(ib.quantityonhand)
    THEN SUM(ib.quantityonhand) END AS quantityonhand,
  CASE WHEN COUNT(*) = COUNT(ib.quantityavailable)
    THEN SUM(ib.quantityavailable) END AS quantityavailable
FROM inventorybalance ib
WHERE ib.item = ? AND NVL(ib.location, 0) = ?
"""

# What the first page of a feed comes after.
KEYS: dict[str, dict[str, int]] = {
    "counts": {"item": 0, "location": -1},
    "movements": {"doc": 0, "line_no": -1},
}
_TOLD: dict[str, dict[str, str]] = {
    "counts": {"item_id": "item", "location_id": "location"},
    "movements": {"movement_id": "doc", "sequence": "line_no"},
}


def describe_columns(feed: str) -> dict[str, Any]:
    """Return what tells pages of a feed apart, in the columns it has to have."""
    return {**{name: {"constant": ""} for name in RAW_FEEDS[feed][0]}, **_TOLD[feed]}


def tidy(query: str) -> str:
    """Return a query on one line."""
    return " ".join(query.split())

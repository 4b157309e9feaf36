"""Documents: every GraphQL text that is sent to the shop.

A test holds each of them against the published schema of every supported version.
"""

# What the sum of on_hand is made of, by the vendor's own definition; ``incoming`` is outside.
PARTS = ("available", "committed", "reserved", "damaged", "safety_stock", "quality_control")
ON_HAND, AVAILABLE = "on_hand", "available"

# A number has a meaning only where it is tracked; an item without levels is stocked nowhere.
_LEVELS = """
inventoryLevels(first: $levels, after: $below) {
  nodes { id isActive location { id name } quantities(names: $names) { name quantity } }
  pageInfo { hasNextPage endCursor }
}
"""

ITEMS = f"""
query Counts($first: Int!, $after: String, $levels: Int!, $below: String, $names: [String!]!) {{
  inventoryItems(first: $first, after: $after) {{
    nodes {{ id sku tracked {_LEVELS} }}
    pageInfo {{ hasNextPage endCursor }}
  }}
}}
"""

# All levels of one item that has more of them than one page of items shows.
ITEM = f"""
query Levels($id: ID!, $levels: Int!, $below: String, $names: [String!]!) {{
  inventoryItem(id: $id) {{ id sku tracked {_LEVELS} }}
}}
"""

ABOUT = """
query About {
  currentAppInstallation { accessScopes { handle } }
  inventoryProperties { quantityNames { name comprises } }
}
"""

ITEMS_BY_SKU = """
query Skus($first: Int!, $after: String, $filter: String!) {
  inventoryItems(first: $first, after: $after, query: $filter) {
    nodes { id sku tracked }
    pageInfo { hasNextPage endCursor }
  }
}
"""

PLACES = """
query Places($first: Int!, $after: String) {
  locations(first: $first, after: $after, includeLegacy: true) {
    nodes { id name }
    pageInfo { hasNextPage endCursor }
  }
}
"""

NUMBERS = """
query Numbers($ids: [ID!]!, $place: ID!, $names: [String!]!) {
  nodes(ids: $ids) {
    ... on InventoryItem {
      id
      tracked
      inventoryLevel(locationId: $place) { isActive quantities(names: $names) { name quantity } }
    }
  }
}
"""

SET = """
mutation Set($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) {
    inventoryAdjustmentGroup { id createdAt }
    userErrors { code field message }
  }
}
"""

ADD = """
mutation Add($input: InventoryAdjustQuantitiesInput!, $key: String!) {
  inventoryAdjustQuantities(input: $input) @idempotent(key: $key) {
    inventoryAdjustmentGroup { id createdAt }
    userErrors { code field message }
  }
}
"""

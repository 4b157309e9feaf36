"""Documents: every GraphQL text that is sent to the shop.

A test holds each of them against the published schema of every supported version.
"""

# What the sum of on_hand is made of, by the vendor's own definition; ``incoming`` is outside.
PARTS = ("available", "committed", "reserved", "damaged", "safety_stock", "quality_control")
ON_HAND, AVAILABLE = "on_hand", "available"
NAMES = (*PARTS, ON_HAND, "incoming")

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

# How large a shop is; variants are its items, near enough.
SIZE = """
query Size($limit: Int!) {
  productVariantsCount(limit: $limit) { count }
}
"""

# Run by the shop on its own time. It takes no variables, so it asks for every quantity.
BULK_ITEMS = f"""
query {{
  inventoryItems {{
    edges {{
      node {{
        id
        sku
        tracked
        inventoryLevels {{
          edges {{
            node {{
              id
              isActive
              location {{ id name }}
              quantities(names: ["{'", "'.join(NAMES)}"]) {{ name quantity }}
            }}
          }}
        }}
      }}
    }}
  }}
}}
"""

BULK_START = """
mutation Start($query: String!) {
  bulkOperationRunQuery(query: $query, groupObjects: false) {
    bulkOperation { id }
    userErrors { code message }
  }
}
"""

BULK_STATE = """
query State($id: ID!) {
  bulkOperation(id: $id) {
    id status errorCode createdAt objectCount rootObjectCount url
  }
}
"""

BULK_CANCEL = """
mutation Cancel($id: ID!) {
  bulkOperationCancel(id: $id) { userErrors { message } }
}
"""

_SOLD = """
nodes {
  id quantity
  variant { inventoryItem { id sku tracked duplicateSkuCount } }
}
"""
_SENT = "nodes { id quantity lineItem { id } }"
_REFUNDED = "nodes { id quantity restockType restocked location { id name } lineItem { id } }"
_PROMISED = "nodes { id totalQuantity lineItem { id } }"
_MORE = "pageInfo { hasNextPage }"

# No name, address or note of anybody is asked for.
_ORDER = f"""
id name createdAt updatedAt cancelledAt edited
lineItems(first: $lines) {{ {_SOLD} {_MORE} }}
fulfillments(first: $parcels) {{
  id status createdAt updatedAt location {{ id name }}
  fulfillmentLineItems(first: $lines) {{ {_SENT} {_MORE} }}
}}
refunds(first: $parcels) {{
  id createdAt
  refundLineItems(first: $lines) {{ {_REFUNDED} {_MORE} }}
}}
fulfillmentOrders(first: $parcels) @include(if: $assigned) {{
  nodes {{
    id
    assignedLocation {{ location {{ id name }} }}
    lineItems(first: $lines) {{ {_PROMISED} {_MORE} }}
  }}
  {_MORE}
}}
"""

# Sorted by what the filter asks: an order that changes meanwhile comes again at the end.
ORDERS = f"""
query Orders(
  $first: Int!, $after: String, $filter: String!, $lines: Int!, $parcels: Int!, $assigned: Boolean!
) {{
  orders(first: $first, after: $after, query: $filter, sortKey: UPDATED_AT) {{
    nodes {{ {_ORDER} }}
    pageInfo {{ hasNextPage endCursor }}
  }}
}}
"""

# An order with more parcels or refunds than its page shows.
ORDER = f"""
query Order($id: ID!, $lines: Int!, $parcels: Int!, $assigned: Boolean!) {{
  order(id: $id) {{ {_ORDER} }}
}}
"""

# All lines of one order, parcel, refund or promise that has more of them than its page shows.
LINES = f"""
query Lines($id: ID!, $first: Int!, $after: String) {{
  node(id: $id) {{
    id
    ... on Order {{
      lineItems(first: $first, after: $after) {{ {_SOLD} pageInfo {{ hasNextPage endCursor }} }}
    }}
    ... on Fulfillment {{
      fulfillmentLineItems(first: $first, after: $after) {{
        {_SENT} pageInfo {{ hasNextPage endCursor }}
      }}
    }}
    ... on Refund {{
      refundLineItems(first: $first, after: $after) {{
        {_REFUNDED} pageInfo {{ hasNextPage endCursor }}
      }}
    }}
    ... on FulfillmentOrder {{
      lineItems(first: $first, after: $after) {{
        {_PROMISED} pageInfo {{ hasNextPage endCursor }}
      }}
    }}
  }}
}}
"""

# What items are called that a delivery names by their number.
ITEMS_BY_ID = """
query Items($ids: [ID!]!) {
  nodes(ids: $ids) { ... on InventoryItem { id sku tracked duplicateSkuCount } }
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

"""Documents: what is asked in GraphQL. QUANTITIES are the names that the options read."""

_PAGES = "pageInfo { hasNextPage endCursor }"

LEVELS = f"""query($warehouse: String, $account: String, $first: Int, $after: String) {{
  warehouse_products(warehouse_id: $warehouse, customer_account_id: $account) {{
    request_id
    complexity
    data(first: $first, after: $after) {{
      {_PAGES}
      edges {{ node {{ id sku warehouse_id QUANTITIES }} }}
    }}
  }}
}}"""

CHANGES = f"""query($warehouse: String, $account: String, $from: ISODateTime, $to: ISODateTime,
  $first: Int, $after: String) {{
  inventory_changes(warehouse_id: $warehouse, customer_account_id: $account,
    date_from: $from, date_to: $to) {{
    request_id
    complexity
    data(first: $first, after: $after) {{
      {_PAGES}
      edges {{ node {{
        id warehouse_id sku previous_on_hand change_in_on_hand reason cycle_counted created_at
      }} }}
    }}
  }}
}}"""

ONE_LEVEL = """query($warehouse: String, $account: String, $sku: String) {
  warehouse_products(warehouse_id: $warehouse, customer_account_id: $account, sku: $sku) {
    request_id
    data(first: 10) { edges { node { sku warehouse_id on_hand } } }
  }
}"""

REPLACE = """mutation($data: ReplaceInventoryInput!) {
  inventory_replace(data: $data) {
    request_id
    warehouse_product { sku warehouse_id on_hand }
  }
}"""

SNAPSHOT_START = """mutation($data: InventoryGenerateSnapshotInput!) {
  inventory_generate_snapshot(data: $data) {
    request_id
    complexity
    snapshot { snapshot_id status error created_at }
  }
}"""

SNAPSHOT_STATE = """query($id: String!) {
  inventory_snapshot(snapshot_id: $id) {
    request_id
    complexity
    snapshot { snapshot_id status error created_at snapshot_url }
  }
}"""

SNAPSHOT_STOP = """mutation($data: InventoryAbortSnapshotInput!) {
  inventory_abort_snapshot(data: $data) { request_id snapshot { snapshot_id status } }
}"""

WAREHOUSES = "query { account { data { warehouses { id dynamic_slotting } } } }"

"""The few types our documents touch, so that the stand-in can execute them.

Names, nullability and arguments are those of the published schema of 2026-10; whether our
documents fit the whole published one, and those before it, is asked where npm is there.
"""

SDL = """
directive @idempotent(key: String!) on FIELD
scalar DateTime

type Query {
  currentAppInstallation: AppInstallation!
  inventoryProperties: InventoryProperties!
  inventoryItems(first: Int, after: String, query: String): InventoryItemConnection!
  inventoryItem(id: ID!): InventoryItem
  locations(first: Int, after: String, includeLegacy: Boolean = false): LocationConnection!
  nodes(ids: [ID!]!): [Node]!
}
type Mutation {
  inventorySetQuantities(input: InventorySetQuantitiesInput!): Payload
  inventoryAdjustQuantities(input: InventoryAdjustQuantitiesInput!): Payload
}
interface Node { id: ID! }
type AppInstallation { accessScopes: [AccessScope!]! }
type AccessScope { handle: String! }
type InventoryProperties { quantityNames: [InventoryQuantityName!]! }
type InventoryQuantityName { name: String! comprises: [String!]! belongsTo: [String!]! }
type PageInfo { hasNextPage: Boolean! endCursor: String }
type InventoryItemConnection { nodes: [InventoryItem!]! pageInfo: PageInfo! }
type InventoryLevelConnection { nodes: [InventoryLevel!]! pageInfo: PageInfo! }
type LocationConnection { nodes: [Location!]! pageInfo: PageInfo! }
type InventoryItem implements Node {
  id: ID! sku: String tracked: Boolean!
  inventoryLevel(locationId: ID!): InventoryLevel
  inventoryLevels(first: Int, after: String): InventoryLevelConnection!
}
type InventoryLevel implements Node {
  id: ID! isActive: Boolean! location: Location! updatedAt: DateTime!
  quantities(names: [String!]!): [InventoryQuantity!]!
}
type Location implements Node { id: ID! name: String! }
type InventoryQuantity { name: String! quantity: Int! updatedAt: DateTime }
input InventorySetQuantitiesInput {
  name: String! reason: String! referenceDocumentUri: String
  quantities: [InventoryQuantityInput!]!
}
input InventoryQuantityInput {
  inventoryItemId: ID! locationId: ID! quantity: Int! changeFromQuantity: Int
}
input InventoryAdjustQuantitiesInput {
  name: String! reason: String! referenceDocumentUri: String
  changes: [InventoryChangeInput!]!
}
input InventoryChangeInput {
  inventoryItemId: ID! locationId: ID! delta: Int! changeFromQuantity: Int
  ledgerDocumentUri: String
}
type Payload { inventoryAdjustmentGroup: Group userErrors: [UserError!]! }
type Group { id: ID! createdAt: DateTime! reason: String! referenceDocumentUri: String }
type UserError { code: String field: [String!] message: String! }
"""

"""The few types our documents touch, so that the stand-in can execute them.

Names, nullability and arguments are those of the published schema of 2026-10; whether our
documents fit the whole published one, and those before it, is asked where npm is there.
"""

SDL = """
directive @idempotent(key: String!) on FIELD
scalar DateTime
scalar URL
scalar UnsignedInt64
enum OrderSortKeys { UPDATED_AT PROCESSED_AT }
enum BulkOperationStatus { CREATED RUNNING CANCELING CANCELED COMPLETED FAILED EXPIRED }
enum BulkOperationErrorCode { ACCESS_DENIED INTERNAL_SERVER_ERROR TIMEOUT }
enum BulkOperationUserErrorCode { INVALID LIMIT_REACHED OPERATION_IN_PROGRESS }
enum FulfillmentStatus { CANCELLED ERROR FAILURE OPEN PENDING SUCCESS }
enum RefundLineItemRestockType { CANCEL LEGACY_RESTOCK NO_RESTOCK RETURN }

type Query {
  currentAppInstallation: AppInstallation!
  inventoryProperties: InventoryProperties!
  inventoryItems(first: Int, after: String, query: String): InventoryItemConnection!
  inventoryItem(id: ID!): InventoryItem
  locations(first: Int, after: String, includeLegacy: Boolean = false): LocationConnection!
  nodes(ids: [ID!]!): [Node]!
  node(id: ID!): Node
  productVariantsCount(limit: Int = 10000): Count
  bulkOperation(id: ID!): BulkOperation
  order(id: ID!): Order
  orders(
    first: Int, after: String, query: String, sortKey: OrderSortKeys = PROCESSED_AT
  ): OrderConnection!
}
type Mutation {
  bulkOperationRunQuery(query: String!, groupObjects: Boolean! = false): BulkRunPayload
  bulkOperationCancel(id: ID!): BulkCancelPayload
  inventorySetQuantities(input: InventorySetQuantitiesInput!): Payload
  inventoryAdjustQuantities(input: InventoryAdjustQuantitiesInput!): Payload
}
interface Node { id: ID! }
type AppInstallation { accessScopes: [AccessScope!]! }
type AccessScope { handle: String! }
type InventoryProperties { quantityNames: [InventoryQuantityName!]! }
type InventoryQuantityName { name: String! comprises: [String!]! belongsTo: [String!]! }
type PageInfo { hasNextPage: Boolean! endCursor: String }
type InventoryItemConnection {
  nodes: [InventoryItem!]! edges: [InventoryItemEdge!]! pageInfo: PageInfo!
}
type InventoryItemEdge { node: InventoryItem! }
type InventoryLevelConnection {
  nodes: [InventoryLevel!]! edges: [InventoryLevelEdge!]! pageInfo: PageInfo!
}
type InventoryLevelEdge { node: InventoryLevel! }
type LocationConnection { nodes: [Location!]! pageInfo: PageInfo! }
type InventoryItem implements Node {
  id: ID! sku: String tracked: Boolean! duplicateSkuCount: Int!
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
type Count { count: Int! }
type BulkOperation implements Node {
  id: ID! status: BulkOperationStatus! errorCode: BulkOperationErrorCode
  createdAt: DateTime! completedAt: DateTime
  objectCount: UnsignedInt64! rootObjectCount: UnsignedInt64! url: URL partialDataUrl: URL
}
type BulkRunPayload { bulkOperation: BulkOperation userErrors: [BulkUserError!]! }
type BulkCancelPayload { bulkOperation: BulkOperation userErrors: [UserError!]! }
type BulkUserError { code: BulkOperationUserErrorCode field: [String!] message: String! }
type OrderConnection { nodes: [Order!]! pageInfo: PageInfo! }
type Order implements Node {
  id: ID! name: String! createdAt: DateTime! updatedAt: DateTime! cancelledAt: DateTime
  edited: Boolean!
  lineItems(first: Int, after: String): LineItemConnection!
  fulfillments(first: Int): [Fulfillment!]!
  refunds(first: Int): [Refund!]!
  fulfillmentOrders(first: Int): FulfillmentOrderConnection!
}
type LineItemConnection { nodes: [LineItem!]! pageInfo: PageInfo! }
type LineItem implements Node { id: ID! quantity: Int! variant: ProductVariant }
type ProductVariant implements Node { id: ID! inventoryItem: InventoryItem! }
type Fulfillment implements Node {
  id: ID! status: FulfillmentStatus! createdAt: DateTime! updatedAt: DateTime!
  location: Location
  fulfillmentLineItems(first: Int, after: String): FulfillmentLineItemConnection!
}
type FulfillmentLineItemConnection { nodes: [FulfillmentLineItem!]! pageInfo: PageInfo! }
type FulfillmentLineItem implements Node { id: ID! quantity: Int lineItem: LineItem! }
type Refund implements Node {
  id: ID! createdAt: DateTime
  refundLineItems(first: Int, after: String): RefundLineItemConnection!
}
type RefundLineItemConnection { nodes: [RefundLineItem!]! pageInfo: PageInfo! }
type RefundLineItem {
  id: ID quantity: Int! restockType: RefundLineItemRestockType! restocked: Boolean!
  location: Location lineItem: LineItem!
}
type FulfillmentOrderConnection { nodes: [FulfillmentOrder!]! pageInfo: PageInfo! }
type FulfillmentOrder implements Node {
  id: ID! assignedLocation: AssignedLocation!
  lineItems(first: Int, after: String): FulfillmentOrderLineItemConnection!
}
type AssignedLocation { name: String! location: Location }
type FulfillmentOrderLineItemConnection { nodes: [FulfillmentOrderLineItem!]! pageInfo: PageInfo! }
type FulfillmentOrderLineItem implements Node { id: ID! totalQuantity: Int! lineItem: LineItem! }
"""

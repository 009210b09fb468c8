-- scripts/shopper.lua: a customer of a shop with a GraphQL API: looks at pages of products, opens
-- one, orders, and cancels the order again.

local graphql = require "graphql"

local PRODUCTS <const> = [[
query Products($page: Int!, $category: String) {
  allProducts(page: $page, perPage: 5, filter: { category: $category }) { id name price }
}]]

local PRODUCT <const> = [[
query Product($id: ID!) { Product(id: $id) { id name category price stock } }]]

local ORDER <const> = [[
mutation Order($product: Int!, $quantity: Int!, $customer: String!) {
  createOrder(product: $product, quantity: $quantity, customer: $customer) { id quantity }
}]]

local CANCEL <const> = [[mutation Cancel($id: ID!) { removeOrder(id: $id) { id } }]]

local function browse(user)
  local filter =
    { page = random.int(0, 1), category = random.pick { "kitchen", "office", "garden" } }
  local answer = graphql.send("Products", PRODUCTS, filter)
  local chosen = answer and random.pick(answer.allProducts)
  if not chosen then return end
  user.state.product = math.tointeger(chosen.id)
  think(1, 3)
  answer = graphql.send("Product", PRODUCT, { id = chosen.id })
  metrics.check("the product is the chosen one", answer and answer.Product.name == chosen.name)
end

local function order(user)
  if not user.state.product then return browse(user) end
  local wish =
    { product = user.state.product, quantity = random.int(1, 3), customer = "user " .. user.id }
  local answer, why = graphql.send("Order", ORDER, wish)
  if not answer then return log.warn("not ordered", { why = why }) end
  metrics.check("the order has its quantity", answer.createOrder.quantity == wish.quantity)
  think(2, 5)
  graphql.send("Cancel", CANCEL, { id = answer.createOrder.id })
end

return {
  requests = { 10, 30 },
  think = { 1, 5 },
  steps = { { 5, browse }, { 1, order } },
}

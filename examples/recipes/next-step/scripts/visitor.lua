-- scripts/visitor.lua: a visitor whose next step depends on the last one, with shares as analytics
-- of a site show them. Every session begins at home; nobody orders who has not seen a product.

local function home() http.get("/posts", { query = { _limit = 5 }, name = "/posts?newest" }) end

local function list()
  local page = random.int(1, 4)
  http.get("/products", { query = { _page = page, _limit = 10 } })
end

local function product() http.get("/products/{id}", { params = { id = random.zipf(40, 1) } }) end

local function order(user)
  local wish = { customer = user.id, product = random.int(1, 40), quantity = 1 }
  http.post("/orders", { json = wish, expect = 201 })
end

-- `throng plan` shows how often a session makes each step on average.
return {
  requests = { 30, 40 }, -- at most: a session ends with `leave`
  think = function() return math.min(60, random.lognormal(8, 0.8)) end,
  steps = {
    { 1, home, name = "home", next = { list = 0.6, product = 0.1, leave = 0.3 } },
    { 0, list, name = "list", next = { list = 0.3, product = 0.5, leave = 0.2 } },
    {
      0,
      product,
      name = "product",
      next = { list = 0.4, product = 0.2, order = 0.1, leave = 0.3 },
    },
    { 0, order, name = "order", next = { home = 0.3, leave = 0.7 } },
  },
}

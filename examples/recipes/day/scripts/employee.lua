-- scripts/employee.lua: the shop's own people, who look at orders in office hours.

local function orders()
  http.get("/orders", { query = { _sort = "id", _order = "desc", _limit = 20 } })
end
local function stock()
  http.get("/products", { query = { _sort = "stock", _limit = 10 }, name = "/products?stock" })
end

return {
  weight = 1,
  requests = { 10, 40 },
  think = { 1, 5 },
  steps = { { 2, orders }, { 1, stock } },
}

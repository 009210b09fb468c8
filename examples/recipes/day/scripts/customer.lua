-- scripts/customer.lua: customers of a shop, most of them in the evening. The hours are those of
-- throng.toml.

local function browse()
  http.get("/products", { query = { category = random.pick { "kitchen", "office", "garden" } } })
end
local function open() http.get("/products/{id}", { params = { id = random.zipf(40, 1) } }) end

return {
  weight = 3,
  requests = { 5, 20 },
  think = { 1, 5 },
  steps = { { 1, browse }, { 2, open } },
}
